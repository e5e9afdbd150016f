/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * New objects of MOA, each read from the bytes of the first one of its kind: MOA looks every class
 * of an option string up anew, which takes several times as long. They are what an image written
 * right after their making would give. The kinds that were asked for last are remembered.
 * Thread-safe.
 *
 * @param <K> what tells one kind from another
 */
final class FreshCopies<K> {

  private static final int REMEMBERED = 64;

  private final Map<K, byte[]> kinds =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, byte[]> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * @param headerOrNull that the objects refer to; always the same
   * @param first makes the first one
   */
  <T> T make(K kind, Class<T> type, InstancesHeader headerOrNull, Supplier<T> first) {
    byte[] bytes;
    synchronized (kinds) {
      bytes = kinds.get(kind);
    }
    if (bytes == null) {
      bytes = JavaObjects.write(first.get(), headerOrNull);
      synchronized (kinds) {
        kinds.put(kind, bytes);
      }
    }
    return JavaObjects.read(bytes, type, headerOrNull);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Adds up what objects take on the heap while they are serialised: each is told once, as {@code
 * ObjectOutputStream} meets it. What a collection holds beside its elements is not serialised and
 * is worked out from its size. The layout is that of a 64-bit HotSpot; a test holds the sum within
 * a factor of 1.5 of what JOL walks.
 */
final class LiveSize {

  /** Above this heap, references are not compressed. */
  private static final long COMPRESSED_UP_TO = 32L << 30;

  private static final boolean COMPRESSED = Runtime.getRuntime().maxMemory() < COMPRESSED_UP_TO;
  private static final int REFERENCE = COMPRESSED ? 4 : 8;
  private static final int HEADER = COMPRESSED ? 12 : 16;
  private static final int ARRAY_HEADER = COMPRESSED ? 16 : 24;
  private static final int ENTRY = 16 + 4 * REFERENCE;
  private static final int ATOMIC_LONG = 24;

  private static final ClassValue<Integer> SHALLOW =
      new ClassValue<>() {
        @Override
        protected Integer computeValue(Class<?> type) {
          int bytes = HEADER;
          for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
              if (!Modifier.isStatic(field.getModifiers())) {
                bytes += size(field.getType());
              }
            }
          }
          return (int) aligned(bytes);
        }
      };

  private long bytes;

  /** Counts one object without what it refers to. */
  void add(Object object) {
    Class<?> type = object.getClass();
    if (type.isArray()) {
      bytes += array(Array.getLength(object), size(type.getComponentType()));
    } else if (object instanceof String text) {
      bytes += SHALLOW.get(type) + array(text.length(), 1);
    } else if (!(object instanceof Enum)) {
      bytes += SHALLOW.get(type) + inside(object);
    }
  }

  long bytes() {
    return bytes;
  }

  private static long inside(Object object) {
    if (object instanceof ArrayList<?> list) {
      return list.isEmpty() ? 0 : array(list.size(), REFERENCE);
    }
    if (object instanceof HashMap<?, ?> map) {
      return table(map.size()) + map.size() * (long) (ENTRY + linked(map instanceof LinkedHashMap));
    }
    if (object instanceof HashSet<?> set) {
      return SHALLOW.get(HashMap.class)
          + table(set.size())
          + set.size() * (long) (ENTRY + linked(set instanceof LinkedHashSet));
    }
    if (object instanceof TreeMap<?, ?> map) {
      return map.size() * (long) (ENTRY + REFERENCE);
    }
    if (object instanceof TreeSet<?> set) {
      return SHALLOW.get(TreeMap.class) + set.size() * (long) (ENTRY + REFERENCE);
    }
    if (object instanceof LinkedList<?> list) {
      return list.size() * aligned(HEADER + 3L * REFERENCE);
    }
    if (object instanceof ArrayDeque<?> deque) {
      return array(Math.max(17, deque.size() + 1), REFERENCE);
    }
    return object instanceof Random ? ATOMIC_LONG : 0;
  }

  private static int linked(boolean linked) {
    return linked ? 2 * REFERENCE : 0;
  }

  private static long table(int entries) {
    return entries == 0
        ? 0
        : array(Math.max(16, Integer.highestOneBit(Math.max(1, entries * 4 / 3)) * 2), REFERENCE);
  }

  private static long array(long length, int element) {
    return aligned(ARRAY_HEADER + length * element);
  }

  private static int size(Class<?> type) {
    if (!type.isPrimitive()) {
      return REFERENCE;
    }
    if (type == long.class || type == double.class) {
      return 8;
    }
    if (type == int.class || type == float.class) {
      return 4;
    }
    return type == short.class || type == char.class ? 2 : 1;
  }

  private static long aligned(long bytes) {
    return (bytes + 7) & ~7L;
  }
}

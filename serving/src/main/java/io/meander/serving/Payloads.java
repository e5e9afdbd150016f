/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.models.PayloadStore;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.ServiceLoader;
import java.util.zip.CRC32C;

/**
 * A record's payload, wherever it is: in the record, or under a URI in one of the stores that are
 * on the class path. Thread-safe.
 */
public final class Payloads {

  /** Of the class path. */
  public static final Payloads STORES =
      new Payloads(
          ServiceLoader.load(PayloadStore.class, Payloads.class.getClassLoader()).stream()
              .map(ServiceLoader.Provider::get)
              .toList());

  private final List<PayloadStore> stores;

  Payloads(List<PayloadStore> stores) {
    this.stores = stores;
  }

  /**
   * @param uriOrNull where it is if it is not in the record
   * @param inRecord what the record holds of it
   * @param size in bytes, as the record says
   * @throws IOException if it is in no store that is here, or cannot be read
   */
  public byte[] of(String uriOrNull, ByteBuffer inRecord, long size) throws IOException {
    if (uriOrNull == null) {
      byte[] bytes = new byte[inRecord.remaining()];
      inRecord.duplicate().get(bytes);
      return bytes;
    }
    URI uri = uri(uriOrNull);
    for (PayloadStore store : stores) {
      if (store.supports(uri)) {
        return store.get(uri, size);
      }
    }
    throw new IOException(
        "no store for " + uri.getScheme() + ": is on the class path, and the payload is at " + uri);
  }

  static long checksum(byte[] payload) {
    CRC32C checksum = new CRC32C();
    checksum.update(payload);
    return checksum.getValue();
  }

  private static URI uri(String text) throws IOException {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + text + "' is not a URI", e);
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.avro.ModelSnapshot;
import io.meander.models.PayloadStore;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.ServiceLoader;

/**
 * A snapshot's payload, wherever it is: in the record, or under a URI in one of the stores that are
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
   * @throws IOException if it is in no store that is here, or cannot be read
   */
  byte[] of(ModelSnapshot snapshot) throws IOException {
    String text = snapshot.getPayloadUri();
    if (text == null) {
      ByteBuffer buffer = snapshot.getPayload();
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
    URI uri = uri(text);
    for (PayloadStore store : stores) {
      if (store.supports(uri)) {
        return store.get(uri, snapshot.getPayloadBytes());
      }
    }
    throw new IOException(
        "no store for " + uri.getScheme() + ": is on the class path, and the payload is at " + uri);
  }

  private static URI uri(String text) throws IOException {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + text + "' is not a URI", e);
    }
  }
}

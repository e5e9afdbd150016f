/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.payloads;

import io.meander.models.PayloadStore;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Leaves payloads in a pipeline's folder, under the SHA-256 of their bytes. */
final class PayloadFolder {

  private final PayloadStore store;
  private final URI folder;
  private final String pipeline;

  PayloadFolder(PayloadStore store, URI folder, String pipeline) {
    this.store = store;
    this.folder = folder;
    this.pipeline = pipeline;
  }

  /**
   * @param payload stays as it is
   * @return where it is now
   */
  URI put(ByteBuffer payload) throws IOException {
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    URI uri = PayloadNames.of(folder, pipeline, sha256(bytes));
    store.put(uri, bytes);
    return uri;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

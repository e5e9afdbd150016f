/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Ids of predictions: 32 hex digits, the first half of a SHA-256 over pipeline, event id and slot,
 * each as its length in UTF-8 bytes (int) and those bytes. The same answer always has the same id.
 * Owned by one thread.
 */
public final class PredictionIds {

  private static final int ID_BYTES = 16;

  private final MessageDigest digest;
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
  private final byte[] pipeline;

  public PredictionIds(String pipeline) {
    this.pipeline = pipeline.getBytes(StandardCharsets.UTF_8);
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public String of(String eventId, String slot) {
    update(pipeline);
    update(eventId.getBytes(StandardCharsets.UTF_8));
    update(slot.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
  }

  private void update(byte[] part) {
    digest.update(length.putInt(0, part.length).array());
    digest.update(part);
  }
}

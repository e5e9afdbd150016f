/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;

/**
 * Compresses the chunks of one task's update logs, with native memory that is kept between chunks:
 * asking for it anew took as long as compressing. Not thread-safe; must be closed.
 */
public final class LogCompression implements AutoCloseable {

  private static final int LEVEL = 1;

  private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(LEVEL);
  private byte[] compressed = {};

  /**
   * Compresses the first bytes of an array into {@link #compressed}.
   *
   * @return how many bytes are there now
   */
  int compress(byte[] bytes, int length) {
    int bound = (int) Zstd.compressBound(length);
    if (compressed.length < bound) {
      compressed = new byte[bound];
    }
    return zstd.compressByteArray(compressed, 0, bound, bytes, 0, length);
  }

  /** The last compressed bytes, and more after them; changed by the next call. */
  byte[] compressed() {
    return compressed;
  }

  @Override
  public void close() {
    zstd.close();
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.state;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.flink.configuration.MemorySize;

/**
 * RocksDB's settings for a kind of machine. Sizes are per column family, that is per state of an
 * operator's subtask; threads are per RocksDB instance, that is per subtask with keyed state.
 *
 * <p>Images are some ten kilobytes to several megabytes and are read and written whole. A value
 * larger than a block has a block to itself, so a block of 16 KB keeps the index small without
 * making the reading of small values dear. A larger write buffer takes more images before it is
 * flushed, and overwriting one in the buffer costs nothing later; files are large enough that an
 * incremental checkpoint is not thousands of uploads.
 */
public enum RocksDBPreset {
  /** A demo or a test beside everything else on one machine. */
  LAPTOP("laptop", 16, 2, 16, 32, 128, 2),
  /** A server with solid-state disks: the default. */
  SSD("ssd", 64, 3, 16, 64, 256, 4),
  /** Tens of gigabytes of state per subtask. */
  LARGE_STATE("large-state", 128, 4, 32, 128, 1024, 6);

  private final String text;
  private final long writeBufferBytes;
  private final int writeBuffers;
  private final long blockBytes;
  private final long targetFileBytes;
  private final long levelBaseBytes;
  private final int threads;

  RocksDBPreset(
      String text,
      int writeBufferMegabytes,
      int writeBuffers,
      int blockKilobytes,
      int targetFileMegabytes,
      int levelBaseMegabytes,
      int threads) {
    this.text = text;
    this.writeBufferBytes = megabytes(writeBufferMegabytes);
    this.writeBuffers = writeBuffers;
    this.blockBytes = blockKilobytes * 1024L;
    this.targetFileBytes = megabytes(targetFileMegabytes);
    this.levelBaseBytes = megabytes(levelBaseMegabytes);
    this.threads = threads;
  }

  /**
   * @param text as in the configuration: {@code laptop}, {@code ssd} or {@code large-state}
   * @throws IllegalArgumentException naming what is allowed
   */
  public static RocksDBPreset of(String text) {
    String wanted = text.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    return Arrays.stream(values())
        .filter(preset -> preset.text.equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    MeanderRocksDBOptionsFactory.PRESET.key()
                        + ": '"
                        + text
                        + "' is not a preset; allowed: "
                        + Arrays.stream(values())
                            .map(RocksDBPreset::toString)
                            .collect(Collectors.joining(", "))));
  }

  /** Bytes of one write buffer before it is flushed. */
  public MemorySize writeBuffer() {
    return new MemorySize(writeBufferBytes);
  }

  /** Write buffers of one state at most, the one being filled included. */
  public int writeBuffers() {
    return writeBuffers;
  }

  public MemorySize block() {
    return new MemorySize(blockBytes);
  }

  /** Size of a file in the first level below level 0. */
  public MemorySize targetFile() {
    return new MemorySize(targetFileBytes);
  }

  /** Size of that level. */
  public MemorySize levelBase() {
    return new MemorySize(levelBaseBytes);
  }

  /** Of flushes and compactions together. */
  public int threads() {
    return threads;
  }

  @Override
  public String toString() {
    return text;
  }

  private static long megabytes(int megabytes) {
    return MemorySize.ofMebiBytes(megabytes).getBytes();
  }
}

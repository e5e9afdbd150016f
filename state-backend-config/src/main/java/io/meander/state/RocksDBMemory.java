/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.state;

import org.apache.flink.configuration.MemorySize;

/**
 * How Flink divides a slot's managed memory among all RocksDB instances in it. Of {@code M} bytes
 * and a write buffer ratio {@code r} ({@code state.backend.rocksdb.memory.write-buffer-ratio}, 0.5
 * by default), since write buffers may go half as far again over their limit:
 *
 * <pre>
 * block cache   = M * (3 - r) / 3       holds blocks, indexes, filters, and is charged for
 * write buffers = M * 2r / 3            all states of all subtasks in the slot together
 * flush at      = 7/8 of the write buffers' share
 * </pre>
 *
 * <p>An example: a TaskManager with {@code taskmanager.memory.managed.size: 1g} and 2 slots gives M
 * = 512 MB, a block cache of 426 MB and write buffers of 170 MB in it, flushed at 149 MB. A write
 * buffer takes memory in arenas of an eighth of its size; were an arena larger than the flush
 * limit, RocksDB would flush all the time. So a preset needs at least {@link #leastManaged}.
 *
 * <p>Live models are not in this memory: they are on the JVM's heap ({@code
 * taskmanager.memory.task.heap.size}), and so is nothing of RocksDB's.
 *
 * @param blockCache bytes, the write buffers included
 * @param writeBuffers bytes
 * @param flushLimit bytes of filled write buffers at which the fullest is flushed
 */
public record RocksDBMemory(long blockCache, long writeBuffers, long flushLimit) {

  private static final int ARENAS_PER_WRITE_BUFFER = 8;

  /**
   * @param managedPerSlot {@code taskmanager.memory.managed.size} over the number of slots
   * @param writeBufferRatio above 0, below 1
   */
  public static RocksDBMemory of(MemorySize managedPerSlot, double writeBufferRatio) {
    if (!(writeBufferRatio > 0 && writeBufferRatio < 1)) {
      throw new IllegalArgumentException(
          "the write buffer ratio is between 0 and 1, not " + writeBufferRatio);
    }
    long managed = managedPerSlot.getBytes();
    long writeBuffers = (long) (2 * managed * writeBufferRatio / 3);
    return new RocksDBMemory(
        (long) ((3 - writeBufferRatio) * managed / 3), writeBuffers, writeBuffers * 7 / 8);
  }

  /**
   * The least managed memory per slot with which a preset's write buffers are not flushed before
   * they hold anything.
   */
  public static MemorySize leastManaged(RocksDBPreset preset, double writeBufferRatio) {
    long arena = preset.writeBuffer().getBytes() / ARENAS_PER_WRITE_BUFFER;
    double writeBuffers = Math.ceil(arena * 8 / 7.0);
    return new MemorySize((long) Math.ceil(1.5 * writeBuffers / writeBufferRatio));
  }

  /** Whether a write buffer of the preset can be filled at all. */
  public boolean suits(RocksDBPreset preset) {
    return preset.writeBuffer().getBytes() / ARENAS_PER_WRITE_BUFFER <= flushLimit;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.state;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.ConfigurableRocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;

/**
 * Sets RocksDB up for model state by a {@linkplain RocksDBPreset preset}. Named in Flink's
 * configuration:
 *
 * <pre>
 * state.backend.type: rocksdb
 * state.backend.rocksdb.options-factory: io.meander.state.MeanderRocksDBOptionsFactory
 * state.backend.rocksdb.meander.preset: ssd
 * </pre>
 *
 * <p>What the configuration sets itself under {@code state.backend.rocksdb} wins over the preset.
 * Block cache and write buffer memory stay Flink's to manage; see {@link RocksDBMemory} for how
 * much there is.
 */
public final class MeanderRocksDBOptionsFactory implements ConfigurableRocksDBOptionsFactory {

  private static final long serialVersionUID = 1L;

  /** Which preset: {@code laptop}, {@code ssd} (the default) or {@code large-state}. */
  public static final ConfigOption<String> PRESET =
      ConfigOptions.key("state.backend.rocksdb.meander.preset")
          .stringType()
          .defaultValue(RocksDBPreset.SSD.toString())
          .withDescription(
              "RocksDB's settings for model state: laptop, ssd or large-state. What is set under"
                  + " state.backend.rocksdb wins over the preset.");

  /** One false positive in a hundred: most reads of a new key's image touch no file. */
  private static final double BLOOM_BITS_PER_KEY = 10;

  private static final long BYTES_PER_SYNC = 1 << 20;

  private static final List<ConfigOption<?>> RESPECTED =
      List.of(
          RocksDBConfigurableOptions.WRITE_BUFFER_SIZE,
          RocksDBConfigurableOptions.MAX_WRITE_BUFFER_NUMBER,
          RocksDBConfigurableOptions.TARGET_FILE_SIZE_BASE,
          RocksDBConfigurableOptions.MAX_SIZE_LEVEL_BASE,
          RocksDBConfigurableOptions.USE_DYNAMIC_LEVEL_SIZE,
          RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL,
          RocksDBConfigurableOptions.BLOCK_SIZE,
          RocksDBConfigurableOptions.USE_BLOOM_FILTER,
          RocksDBConfigurableOptions.MAX_BACKGROUND_THREADS);

  private RocksDBPreset preset = RocksDBPreset.SSD;

  /** Keys that the configuration sets itself. */
  private final Set<String> configured = new HashSet<>();

  @Override
  public RocksDBOptionsFactory configure(ReadableConfig configuration) {
    preset = RocksDBPreset.of(configuration.get(PRESET));
    configured.clear();
    for (ConfigOption<?> option : RESPECTED) {
      if (configuration.getOptional(option).isPresent()) {
        configured.add(option.key());
      }
    }
    return this;
  }

  @Override
  public DBOptions createDBOptions(DBOptions options, Collection<AutoCloseable> handlesToClose) {
    if (isFree(RocksDBConfigurableOptions.MAX_BACKGROUND_THREADS)) {
      options.setMaxBackgroundJobs(preset.threads());
    }
    return options.setBytesPerSync(BYTES_PER_SYNC);
  }

  @Override
  public ColumnFamilyOptions createColumnOptions(
      ColumnFamilyOptions options, Collection<AutoCloseable> handlesToClose) {
    if (isFree(RocksDBConfigurableOptions.WRITE_BUFFER_SIZE)) {
      options.setWriteBufferSize(preset.writeBuffer().getBytes());
    }
    if (isFree(RocksDBConfigurableOptions.MAX_WRITE_BUFFER_NUMBER)) {
      options.setMaxWriteBufferNumber(preset.writeBuffers());
    }
    if (isFree(RocksDBConfigurableOptions.TARGET_FILE_SIZE_BASE)) {
      options.setTargetFileSizeBase(preset.targetFile().getBytes());
    }
    if (isFree(RocksDBConfigurableOptions.MAX_SIZE_LEVEL_BASE)) {
      options.setMaxBytesForLevelBase(preset.levelBase().getBytes());
    }
    if (isFree(RocksDBConfigurableOptions.USE_DYNAMIC_LEVEL_SIZE)) {
      // Overwritten images do not linger in upper levels: less to store and to upload.
      options.setLevelCompactionDynamicLevelBytes(true);
    }
    if (isFree(RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL)) {
      // Images are compressed already; RocksDB keeps a block as it is where LZ4 gains nothing.
      options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    }
    return options.setTableFormatConfig(table(options, handlesToClose));
  }

  private BlockBasedTableConfig table(
      ColumnFamilyOptions options, Collection<AutoCloseable> handlesToClose) {
    BlockBasedTableConfig table =
        options.tableFormatConfig() instanceof BlockBasedTableConfig given
            ? given
            : new BlockBasedTableConfig();
    if (isFree(RocksDBConfigurableOptions.BLOCK_SIZE)) {
      table.setBlockSize(preset.block().getBytes());
    }
    if (isFree(RocksDBConfigurableOptions.USE_BLOOM_FILTER)) {
      BloomFilter filter = new BloomFilter(BLOOM_BITS_PER_KEY, false);
      handlesToClose.add(filter);
      table.setFilterPolicy(filter);
    }
    return table;
  }

  private boolean isFree(ConfigOption<?> option) {
    return !configured.contains(option.key());
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.slf4j.LoggerFactory;

class MeanderRocksDBOptionsFactoryTest {

  private final List<AutoCloseable> handles = new ArrayList<>();

  @BeforeAll
  static void loadRocksDB() {
    RocksDB.loadLibrary();
  }

  @AfterEach
  void closeHandles() throws Exception {
    for (AutoCloseable handle : handles) {
      handle.close();
    }
  }

  @ParameterizedTest
  @EnumSource(RocksDBPreset.class)
  void setsWhatThePresetSays(RocksDBPreset preset) {
    MeanderRocksDBOptionsFactory factory = factory(config(preset.toString()));

    ColumnFamilyOptions columns = columns(factory);
    assertThat(columns.writeBufferSize()).isEqualTo(preset.writeBuffer().getBytes());
    assertThat(columns.maxWriteBufferNumber()).isEqualTo(preset.writeBuffers());
    assertThat(columns.targetFileSizeBase()).isEqualTo(preset.targetFile().getBytes());
    assertThat(columns.maxBytesForLevelBase()).isEqualTo(preset.levelBase().getBytes());
    assertThat(columns.levelCompactionDynamicLevelBytes()).isTrue();
    assertThat(columns.compressionType()).isEqualTo(CompressionType.LZ4_COMPRESSION);
    BlockBasedTableConfig table = (BlockBasedTableConfig) columns.tableFormatConfig();
    assertThat(table.blockSize()).isEqualTo(preset.block().getBytes());
    assertThat(table.filterPolicy()).isNotNull();
    assertThat(db(factory).maxBackgroundJobs()).isEqualTo(preset.threads());
  }

  @Test
  void isTheSsdPresetByDefault() {
    MeanderRocksDBOptionsFactory factory = factory(new Configuration());

    assertThat(columns(factory).writeBufferSize()).isEqualTo(64L << 20);
  }

  @Test
  void leavesAloneWhatTheConfigurationSets() {
    Configuration config = config("laptop");
    config.set(RocksDBConfigurableOptions.WRITE_BUFFER_SIZE, MemorySize.ofMebiBytes(8));
    config.set(RocksDBConfigurableOptions.MAX_BACKGROUND_THREADS, 7);
    config.set(RocksDBConfigurableOptions.BLOCK_SIZE, MemorySize.parse("4kb"));
    MeanderRocksDBOptionsFactory factory = factory(config);

    ColumnFamilyOptions given = new ColumnFamilyOptions().setWriteBufferSize(8L << 20);
    handles.add(given);
    given.setTableFormatConfig(new BlockBasedTableConfig().setBlockSize(4096));
    ColumnFamilyOptions columns = factory.createColumnOptions(given, handles);
    DBOptions db = factory.createDBOptions(new DBOptions().setMaxBackgroundJobs(7), handles);
    handles.add(db);

    assertThat(columns.writeBufferSize()).isEqualTo(8L << 20);
    assertThat(((BlockBasedTableConfig) columns.tableFormatConfig()).blockSize()).isEqualTo(4096);
    assertThat(db.maxBackgroundJobs()).isEqualTo(7);
    assertThat(columns.targetFileSizeBase())
        .isEqualTo(RocksDBPreset.LAPTOP.targetFile().getBytes());
  }

  @Test
  void refusesAnUnknownPresetNamingTheAllowedOnes() {
    assertThatThrownBy(() -> factory(config("desktop")))
        .hasMessage(
            "state.backend.rocksdb.meander.preset: 'desktop' is not a preset; allowed: laptop, ssd,"
                + " large-state");
  }

  @Test
  void opensADatabaseAndReadsBackALargeValueBesideSmallOnes(@TempDir Path directory)
      throws Exception {
    MeanderRocksDBOptionsFactory factory = factory(config("laptop"));
    try (Options options = new Options(db(factory), columns(factory)).setCreateIfMissing(true);
        RocksDB database = RocksDB.open(options, directory.resolve("db").toString())) {
      byte[] large = new byte[5 << 20];
      large[large.length - 1] = 7;
      database.put(new byte[] {1}, large);
      for (byte i = 2; i < 100; i++) {
        database.put(new byte[] {i}, new byte[] {i});
      }

      assertThat(database.get(new byte[] {1})).isEqualTo(large);
      assertThat(database.get(new byte[] {50})).containsExactly(50);
      assertThat(database.get(new byte[] {101})).isNull();
    }
  }

  /** The fragment that ships with the module, read as Flink reads its config.yaml. */
  @Test
  void isTakenByFlinkFromTheShippedFragment(@TempDir Path directory) throws Exception {
    try (InputStream fragment = RocksDBPreset.class.getResourceAsStream("config.yaml")) {
      Files.copy(fragment, directory.resolve("config.yaml"));
    }
    Configuration config = GlobalConfiguration.loadConfiguration(directory.toString());

    assertThat(config.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
    assertThat(config.get(RocksDBOptions.OPTIONS_FACTORY))
        .isEqualTo(MeanderRocksDBOptionsFactory.class.getName());
    StateBackend backend =
        StateBackendLoader.loadStateBackendFromConfig(
            config,
            getClass().getClassLoader(),
            LoggerFactory.getLogger(MeanderRocksDBOptionsFactoryTest.class));
    assertThat(((EmbeddedRocksDBStateBackend) backend).getRocksDBOptions())
        .isInstanceOf(MeanderRocksDBOptionsFactory.class);
    assertThat(Files.readString(directory.resolve("config.yaml"), StandardCharsets.UTF_8))
        .contains(MeanderRocksDBOptionsFactory.PRESET.key());
  }

  private static Configuration config(String preset) {
    Configuration config = new Configuration();
    config.set(MeanderRocksDBOptionsFactory.PRESET, preset);
    return config;
  }

  private static MeanderRocksDBOptionsFactory factory(Configuration config) {
    return (MeanderRocksDBOptionsFactory) new MeanderRocksDBOptionsFactory().configure(config);
  }

  private ColumnFamilyOptions columns(MeanderRocksDBOptionsFactory factory) {
    ColumnFamilyOptions options = new ColumnFamilyOptions();
    handles.add(options);
    return factory.createColumnOptions(options, handles);
  }

  private DBOptions db(MeanderRocksDBOptionsFactory factory) {
    DBOptions options = new DBOptions();
    handles.add(options);
    return factory.createDBOptions(options, handles);
  }
}

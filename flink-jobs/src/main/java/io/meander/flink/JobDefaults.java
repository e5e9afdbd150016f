/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.state.MeanderRocksDBOptionsFactory;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Flink's settings for these jobs. What correctness rests on is set whatever the configuration
 * says; what is only a better default gives way to it.
 */
public final class JobDefaults {

  /** Never changed later: it is part of every savepoint. */
  public static final int MAX_PARALLELISM = 128;

  public static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  /** Flink's 100 ms would be most of a prediction's latency. */
  public static final Duration BUFFER_TIMEOUT = Duration.ofMillis(5);

  private JobDefaults() {}

  /** What every job needs. Applying it again changes nothing. */
  public static void apply(StreamExecutionEnvironment env) {
    Configuration changes = new Configuration();
    changes.set(PipelineOptions.GENERIC_TYPES, false);
    changes.set(PipelineOptions.OBJECT_REUSE, true);
    changes.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    ReadableConfig configured = env.getConfiguration();
    setIfAbsent(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM, configured, changes);
    setIfAbsent(ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT, configured, changes);
    env.configure(changes);
  }

  /**
   * What a job that runs on and on needs besides: incremental checkpoints of RocksDB, set up for
   * models.
   */
  public static void applyLive(StreamExecutionEnvironment env) {
    apply(env);
    Configuration changes = new Configuration();
    ReadableConfig configured = env.getConfiguration();
    setIfAbsent(StateBackendOptions.STATE_BACKEND, "rocksdb", configured, changes);
    setIfAbsent(
        RocksDBOptions.OPTIONS_FACTORY,
        MeanderRocksDBOptionsFactory.class.getName(),
        configured,
        changes);
    setIfAbsent(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true, configured, changes);
    setIfAbsent(
        CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL, configured, changes);
    env.configure(changes);
  }

  private static <T> void setIfAbsent(
      ConfigOption<T> option, T value, ReadableConfig configured, Configuration changes) {
    if (configured.getOptional(option).isEmpty()) {
      changes.set(option, value);
    }
  }
}

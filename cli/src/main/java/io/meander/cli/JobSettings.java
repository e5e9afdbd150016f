/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** Settings of jobs that run inside a command. */
final class JobSettings {

  private JobSettings() {}

  /**
   * A failure ends the job: somebody waits for its results, and what was reported of the time
   * before a restart could not be taken back.
   */
  static void failAtOnce(StreamExecutionEnvironment env) {
    Configuration changes = new Configuration();
    changes.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    env.configure(changes);
  }

  /** The newest checkpoint outlives the job, so that the next run can go on from it. */
  static void retainCheckpoints(StreamExecutionEnvironment env) {
    Configuration changes = new Configuration();
    changes.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    env.configure(changes);
  }

  /** The graph of what {@code env} holds. */
  static JobGraph graph(StreamExecutionEnvironment env, String name) {
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(name);
    return graph.getJobGraph();
  }
}

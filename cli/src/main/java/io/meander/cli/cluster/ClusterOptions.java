/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a local cluster starts.
 *
 * @param home the project's root, where the built jars are
 * @param slots of each TaskManager, at least 1
 * @param restPort of the web UI; 0 for any free one
 * @param kafkaPort of the broker; 0 for any free one
 * @param jobManagerMemory whole process, as Flink writes sizes
 * @param taskManagerMemory whole process, as Flink writes sizes
 * @param metrics whether Prometheus' endpoints are opened, on all interfaces
 */
public record ClusterOptions(
    Path home,
    int slots,
    int restPort,
    int kafkaPort,
    String jobManagerMemory,
    String taskManagerMemory,
    boolean metrics) {

  /**
   * A job whose {@code main} the JobManager itself runs, and with which the cluster ends.
   *
   * @param jar with the job's classes
   * @param more jars on its class path
   * @param mainClass its entry point
   * @param savepoint path or URI of where it goes on from
   * @param allowNonRestoredState whether the savepoint may hold state that the job has no place for
   * @param arguments for {@code main}
   */
  public record Application(
      Path jar,
      List<Path> more,
      String mainClass,
      Optional<String> savepoint,
      boolean allowNonRestoredState,
      List<String> arguments) {}
}

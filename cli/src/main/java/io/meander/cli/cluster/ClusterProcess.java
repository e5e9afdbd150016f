/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.cluster;

import java.time.Instant;
import java.util.Optional;

/**
 * One process of a cluster, as it is remembered. Process ids are used again by the operating
 * system, so the time of its start tells whether it is still the same.
 *
 * @param name unique in the cluster: {@code broker}, {@code job-manager}, {@code task-manager-1}
 * @param startedAt milliseconds since the epoch, as the operating system says; 0 if it does not
 * @param log its log file
 */
public record ClusterProcess(String name, long pid, long startedAt, String log) {

  static ClusterProcess of(String name, Process process, String log) {
    return new ClusterProcess(name, process.pid(), startOf(process.toHandle()), log);
  }

  /** The process if it runs. */
  public Optional<ProcessHandle> running() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(handle -> startedAt == 0 || startOf(handle) == startedAt);
  }

  private static long startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }
}

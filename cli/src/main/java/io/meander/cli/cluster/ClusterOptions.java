/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.cluster;

import java.nio.file.Path;

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
    boolean metrics) {}

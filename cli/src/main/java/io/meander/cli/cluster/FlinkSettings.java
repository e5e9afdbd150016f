/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.cluster;

import io.meander.cli.local.LoopbackPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The {@code config.yaml} of a local cluster: {@code deploy/flink/config.yaml}, which every kind of
 * deployment shares, and after it what only this machine knows.
 */
final class FlinkSettings {

  private FlinkSettings() {}

  /**
   * Writes the file.
   *
   * @param shared the settings that all deployments share
   * @param restPort of the web UI
   * @param rpcPort of the JobManager
   */
  static void write(
      ClusterFolder folder, Path shared, ClusterOptions options, int restPort, int rpcPort)
      throws IOException {
    StringBuilder text = new StringBuilder(Files.readString(shared));
    text.append("\n# This machine.\n");
    local(folder, options, restPort, rpcPort)
        .forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
    Files.writeString(folder.conf().resolve("config.yaml"), withoutRepeats(text.toString()));
  }

  private static Map<String, String> local(
      ClusterFolder folder, ClusterOptions options, int restPort, int rpcPort) {
    Map<String, String> s = new LinkedHashMap<>();
    s.put("jobmanager.rpc.address", LoopbackPorts.HOST);
    s.put("jobmanager.rpc.port", Integer.toString(rpcPort));
    s.put("jobmanager.bind-host", LoopbackPorts.HOST);
    s.put("jobmanager.memory.process.size", options.jobManagerMemory());
    s.put("taskmanager.host", LoopbackPorts.HOST);
    s.put("taskmanager.bind-host", LoopbackPorts.HOST);
    s.put("taskmanager.memory.process.size", options.taskManagerMemory());
    s.put("taskmanager.numberOfTaskSlots", Integer.toString(options.slots()));
    s.put("rest.address", LoopbackPorts.HOST);
    s.put("rest.bind-address", LoopbackPorts.HOST);
    s.put("rest.port", Integer.toString(restPort));
    s.put("rest.bind-port", Integer.toString(restPort));
    s.put("io.tmp.dirs", quoted(folder.of("tmp")));
    s.put("execution.checkpointing.dir", uri(folder.of("checkpoints")));
    s.put("execution.checkpointing.savepoint-dir", uri(folder.of("savepoints")));
    s.put("state.backend.rocksdb.meander.preset", "laptop");
    if (!options.metrics()) {
      s.put("metrics.reporters", "\"\"");
    }
    return s;
  }

  /** A later line of a key replaces an earlier one; YAML itself refuses repeats. */
  private static String withoutRepeats(String yaml) {
    Map<String, String> lastLines = new LinkedHashMap<>();
    yaml.lines().forEach(line -> lastLines.put(key(line), line));
    return yaml.lines()
        .filter(line -> key(line).isEmpty() || lastLines.get(key(line)).equals(line))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** Empty for comments, blank lines and the rest of a long value. */
  private static String key(String line) {
    int colon = line.indexOf(": ");
    return colon < 0 || line.startsWith("#") || line.startsWith(" ")
        ? ""
        : line.substring(0, colon);
  }

  private static String uri(Path path) {
    return quoted(path.toUri());
  }

  private static String quoted(Object value) {
    return "'" + value.toString().replace("'", "''") + "'";
  }
}

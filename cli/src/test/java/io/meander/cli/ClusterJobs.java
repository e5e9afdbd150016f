/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.AvroEncoding;
import io.meander.cli.cluster.LocalCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;

/** Jobs on a cluster of processes, as Flink's own command starts and stops them. */
final class ClusterJobs {

  private static final int CLIENT_SECONDS = 120;
  private static final Path ROOT = Path.of(System.getProperty("meander.root"));
  private static final Pattern JOB = Pattern.compile("JobID ([0-9a-f]{32})");
  private static final Pattern SAVEPOINT = Pattern.compile("Savepoint completed. Path: (\\S+)");
  private static final Pattern RUNNING = Pattern.compile("([0-9a-f]{32}) : ");

  private final LocalCluster cluster;
  private final Path folder;

  /** Starts a cluster on free ports, each task manager with 3 slots. */
  static LocalCluster startCluster(Path folder, int taskManagers) throws Exception {
    Command started =
        Command.run(
            "cluster",
            "start",
            "--dir",
            folder,
            "--task-managers",
            taskManagers,
            "--slots",
            3,
            "--web-port",
            0,
            "--kafka-port",
            0);
    assertThat(started.exitCode()).as(started.err()).isZero();
    return LocalCluster.find(folder, ROOT).orElseThrow();
  }

  /**
   * @param folder for what Flink's command says
   */
  ClusterJobs(LocalCluster cluster, Path folder) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /** A job without a past. The job's id. */
  String start(Path spec, int parallelism) throws Exception {
    return start(spec, parallelism, List.of());
  }

  /** A job that goes on from a savepoint. The job's id. */
  String start(Path spec, int parallelism, String savepoint) throws Exception {
    return start(spec, parallelism, List.of("-s", savepoint));
  }

  /**
   * The job's id.
   *
   * @param state what Flink's command is told of it
   * @param more for the job itself
   */
  String start(Path spec, int parallelism, List<String> state, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("run", "-d", "-p", "" + parallelism, "-Dexecution.checkpointing.interval=1s"));
    arguments.addAll(state);
    arguments.add(jar().toString());
    arguments.addAll(List.of("--spec", spec.toString()));
    arguments.addAll(List.of("--bootstrap-servers", cluster.bootstrapServers()));
    arguments.addAll(List.of(more));
    return find(JOB, flink(arguments));
  }

  /**
   * The savepoint.
   *
   * @param format canonical or native
   */
  String stop(String job, String format) throws Exception {
    return find(SAVEPOINT, flink(List.of("stop", "--type", format, job)));
  }

  /** Whatever runs. */
  void cancelAll() throws Exception {
    Matcher running = RUNNING.matcher(flink(List.of("list", "-r")));
    while (running.find()) {
      flink(List.of("cancel", running.group(1)));
    }
  }

  /** With the example's transform. */
  static Path exampleJar() throws IOException {
    Path target = ROOT.resolve("examples").resolve("transforms").resolve("target");
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("example-transforms-.*\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Path jar() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("flink-jobs").resolve("target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("flink-jobs-.*\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  private String flink(List<String> arguments) throws Exception {
    Path said = folder.resolve("flink.out");
    Process process =
        cluster.flink(arguments).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    boolean ended = process.waitFor(CLIENT_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(said, StandardCharsets.UTF_8);
    assertThat(ended).as(text).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  static String find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  /** All committed records of a topic that have a value; those without are tombstones. */
  <T extends SpecificRecordBase> List<T> read(String topic, Class<T> type) throws Exception {
    List<T> records = new ArrayList<>();
    for (byte[] value : TopicRecords.values(cluster.bootstrapServers(), topic)) {
      if (value != null) {
        records.add(AvroEncoding.decode(value, type));
      }
    }
    return records;
  }
}

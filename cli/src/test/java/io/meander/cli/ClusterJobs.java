/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.AvroEncoding;
import io.meander.cli.cluster.LocalCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Jobs on a cluster of processes, as Flink's own command starts and stops them. */
final class ClusterJobs {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int CLIENT_SECONDS = 120;
  private static final Path ROOT = Path.of(System.getProperty("meander.root"));
  private static final Pattern JOB = Pattern.compile("JobID ([0-9a-f]{32})");
  private static final Pattern SAVEPOINT = Pattern.compile("Savepoint completed. Path: (\\S+)");
  private static final Pattern RUNNING = Pattern.compile("([0-9a-f]{32}) : ");

  private final LocalCluster cluster;
  private final Path folder;

  /**
   * @param folder for what Flink's command says
   */
  ClusterJobs(LocalCluster cluster, Path folder) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /** The job's id. */
  String start(Path spec, int parallelism, String savepointOrNull) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("run", "-d", "-p", "" + parallelism, "-Dexecution.checkpointing.interval=1s"));
    if (savepointOrNull != null) {
      arguments.addAll(List.of("-s", savepointOrNull));
    }
    arguments.add(jar().toString());
    arguments.addAll(List.of("--spec", spec.toString()));
    arguments.addAll(List.of("--bootstrap-servers", cluster.bootstrapServers()));
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

  private static String find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }

  /** All committed records of a topic that have a value. */
  <T extends SpecificRecordBase> List<T> read(String topic, Class<T> type) throws Exception {
    List<T> records = new ArrayList<>();
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", cluster.bootstrapServers(), "isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))
          && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (record.value() != null) { // else a tombstone
            records.add(AvroEncoding.decode(record.value(), type));
          }
        }
      }
    }
    return records;
  }
}

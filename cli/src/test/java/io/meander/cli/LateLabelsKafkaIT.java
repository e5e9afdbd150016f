/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.cli.report.ReportSink;
import io.meander.cli.report.RunReport;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events and labels on two topics, joined by a live job. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LateLabelsKafkaIT {

  private static final int EVENTS = 2000;
  private static final int BACKLOG = 20_000;

  @TempDir Path folder;

  @Test
  void joinsTwoTopics() throws Exception {
    join("");
  }

  @Test
  void findsTheKeyOfALabelByItsId() throws Exception {
    join("resolve: by-id, ");
  }

  private void join(String resolve) throws Exception {
    write(resolve);
    PipelineSpec spec = SpecLoader.load(folder.resolve("spec.yaml"));
    Path out = folder.resolve("out");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
        KafkaTopics topics = new KafkaTopics(KafkaAddress.of(broker.bootstrapServers()));
        EmbeddedFlink flink =
            EmbeddedFlink.start(
                new EmbeddedFlink.Options(folder.resolve("flink"), 2, 0, folder.resolve("log")));
        RunReport report = new RunReport(spec, out, false, null)) {
      topics.require("payments", 2, true);
      topics.require("charges", 2, true);
      KafkaOptions kafka = KafkaOptions.of(broker.bootstrapServers(), spec.name());
      new PipelineTopics(spec, kafka).prepare();
      StreamExecutionEnvironment env = flink.newEnvironment();
      ReportSink.attach(KafkaPipeline.build(env, spec, kafka), report);
      RunningJob job = flink.submit(JobSettings.graph(env, spec.name()));
      replay(spec, broker);
      // Every third payment has no verdict, every seventh verdict comes twice.
      long labels = EVENTS - (EVENTS + 2) / 3;
      long twice = twice();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> report.progress().records() == EVENTS + labels + twice);
      String web = flink.webUi().toString();
      await() // Flink's REST interface fetches metrics when it is asked, for the next answer
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () ->
                  assertThat(ShownMetrics.of(web, job.id().toString()))
                      .contains(
                          "flink_taskmanager_job_task_operator_meander_labels_verificationLatencyMillis"));
      job.cancel();
      report.finish();

      JsonNode metrics = new ObjectMapper().readTree(out.resolve("metrics.json").toFile());
      JsonNode outcomes = metrics.at("/label_outcomes");
      assertThat(outcomes.at("/in_time").asLong() + outcomes.at("/early").asLong())
          .isEqualTo(labels);
      assertThat(outcomes.at("/duplicate").asLong()).isEqualTo(twice);
      assertThat(outcomes.at("/pending").asLong()).isEqualTo(EVENTS - labels);
      assertThat(outcomes.at("/unmatched").asLong()).isZero();
      assertThat(metrics.at("/labels").asLong()).isEqualTo(labels);
      assertThat(metrics.at("/rejects").asLong()).isZero();
    }
  }

  /** One task reads both partitions of a topic, one after the other, each longer than the wait. */
  @Test
  void losesNoLabelOfABacklogThatIsLongerThanTheWait() throws Exception {
    StringBuilder payments = new StringBuilder("id,at,shop,amount\n");
    StringBuilder charges = new StringBuilder("payment,came,shop,verdict\n");
    for (int i = 0; i < BACKLOG; i++) {
      long at = 1_000_000_000_000L + Duration.ofMinutes(10L * i).toMillis();
      long came = at + Duration.ofMinutes(5).toMillis();
      payments.append("p%d,%d,s%d,%d%n".formatted(i, at, i % 5, i * 37 % 100));
      charges.append("p%d,%d,s%d,ok%n".formatted(i, came, i % 5));
    }
    write("");
    Files.writeString(folder.resolve("payments.csv"), payments);
    Files.writeString(folder.resolve("charges.csv"), charges);
    Path yaml = folder.resolve("spec.yaml");
    Files.writeString(yaml, Files.readString(yaml).replace("wait: 10d", "wait: 1h"));
    PipelineSpec spec = SpecLoader.load(yaml);
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
        KafkaTopics topics = new KafkaTopics(KafkaAddress.of(broker.bootstrapServers()));
        EmbeddedFlink flink =
            EmbeddedFlink.start(
                new EmbeddedFlink.Options(folder.resolve("flink"), 1, 0, folder.resolve("log")));
        RunReport report = new RunReport(spec, folder.resolve("out"), false, null)) {
      topics.require("payments", 2, true);
      topics.require("charges", 2, true);
      KafkaOptions kafka = KafkaOptions.of(broker.bootstrapServers(), spec.name());
      new PipelineTopics(spec, kafka).prepare();
      replay(spec, broker);
      StreamExecutionEnvironment env = flink.newEnvironment();
      ReportSink.attach(KafkaPipeline.build(env, spec, kafka), report);
      RunningJob job = flink.submit(JobSettings.graph(env, spec.name()));
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> report.progress().records() == 2L * BACKLOG);
      job.cancel();
      report.finish();
    }
    JsonNode metrics =
        new ObjectMapper().readTree(folder.resolve("out").resolve("metrics.json").toFile());
    JsonNode outcomes = metrics.at("/label_outcomes");
    assertThat(outcomes.at("/in_time").asLong() + outcomes.at("/early").asLong())
        .as("%s", outcomes)
        .isEqualTo(BACKLOG);
    assertThat(metrics.at("/labels").asLong()).isEqualTo(BACKLOG);
  }

  private void replay(PipelineSpec spec, EmbeddedBroker broker) throws Exception {
    new FileReplay(
            spec,
            folder.resolve("payments.csv"),
            folder.resolve("charges.csv"),
            KafkaAddress.of(broker.bootstrapServers()),
            Long.MAX_VALUE,
            Rate.UNLIMITED,
            Double.POSITIVE_INFINITY)
        .run();
  }

  private static long twice() {
    long count = 0;
    for (int i = 0; i < EVENTS; i++) {
      count += i % 3 != 0 && i % 7 == 0 ? 1 : 0;
    }
    return count;
  }

  private void write(String resolve) throws Exception {
    StringBuilder payments = new StringBuilder("id,at,shop,amount\n");
    StringBuilder charges = new StringBuilder("payment,came,shop,verdict\n");
    for (int i = 0; i < EVENTS; i++) {
      long at = 1_000_000_000_000L + 1000L * i;
      payments.append("p%d,%d,s%d,%d%n".formatted(i, at, i % 5, i * 37 % 100));
    }
    for (int i = 0; i < EVENTS; i++) {
      if (i % 3 == 0) {
        continue;
      }
      long came = 1_000_000_000_000L + 1000L * i + 60_000;
      String row = "p%d,%d,s%d,%s%n".formatted(i, came, i % 5, i * 37 % 100 > 60 ? "bad" : "ok");
      charges.append(row);
      if (i % 7 == 0) {
        charges.append(row);
      }
    }
    Files.writeString(folder.resolve("payments.csv"), payments);
    Files.writeString(folder.resolve("charges.csv"), charges);
    Payments.writeSchemas(folder);
    Files.writeString(
        folder.resolve("spec.yaml"),
        """
        name: frauds
        events: {topic: payments, schema: payment.avsc, key: [shop], id: id, time: {field: at}}
        label: {topic: charges, schema: charge.avsc, id: payment, %sfield: verdict,
                time: {field: came}, wait: 10d}
        features: [amount]
        slots: [{id: ht, learner: trees.HoeffdingTree}]
        """
            .formatted(resolve));
  }
}

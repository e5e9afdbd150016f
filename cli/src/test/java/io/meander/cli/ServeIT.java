/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.meander.avro.AvroEncoding;
import io.meander.avro.Prediction;
import io.meander.cli.local.EmbeddedBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events through Kafka, a running job and served models, as users start them. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ServeIT {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("meander.root"), "examples", "flights");
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final int ROWS = 3000;

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();
  private URI address;

  @Test
  void servesWhatARunningJobPublishesAndWhatTheJobItselfAnswers() throws Exception {
    String spec = spec();
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      String kafka = broker.bootstrapServers();
      Command early = Command.run("serve", spec, "--bootstrap-servers", kafka, "--port", 0);
      assertThat(early.exitCode()).isEqualTo(1);
      assertThat(early.err()).contains("there is no topic 'flight-delays-snapshots'");
      Command replayed =
          Command.run(
              "replay",
              spec,
              "--events",
              EXAMPLE.resolve("flights.csv.gz"),
              "--bootstrap-servers",
              kafka,
              "--limit",
              ROWS,
              "--create-topics");
      assertThat(replayed.exitCode()).as(replayed.err()).isZero();
      try (MeanderProcess run =
              new MeanderProcess(
                  directory, "run", spec, "--bootstrap-servers", kafka, "--web-port", "0");
          MeanderProcess serve = serve(run, spec, kafka)) {
        Map<String, Prediction> last = predictions(kafka);

        for (Prediction prediction : last.values()) {
          // The job has learned all events; its newest model is published within two seconds.
          await()
              .atMost(BOUND)
              .until(() -> published(prediction.getKey()) >= prediction.getTrainedInstances() + 1);
        }
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        JsonNode keys = new JsonMapper().readTree(get("/v1/models").body()).get("keys");
        assertThat(keys).hasSize(last.size());
        JsonNode answer = predict(event());
        assertThat(answer.get("slot").asText()).isEqualTo("ht");
        assertThat(answer.get("age_seconds").asDouble()).isBetween(0.0, 120.0);
        assertThat(
                answer.get("votes").get("no").asDouble()
                    + answer.get("votes").get("yes").asDouble())
            .isBetween(0.999999, 1.000001);

        String before = predict(event()).get("votes").toString();
        serve.interrupt();
        try (MeanderProcess again = serve(run, spec, kafka)) {
          await().atMost(BOUND).until(() -> get("/readyz").statusCode() == 200);
          assertThat(predict(event()).get("votes").toString()).isEqualTo(before);
          assertThat(again.interrupt()).contains("Stopping ...").doesNotContain("meander:");
        }
        run.interrupt();
      }
    }
  }

  private MeanderProcess serve(MeanderProcess run, String spec, String kafka) throws Exception {
    if (address == null) {
      run.awaitLine("Learning from");
    }
    MeanderProcess serve =
        new MeanderProcess(directory, "serve", spec, "--bootstrap-servers", kafka, "--port", "0");
    address = URI.create(serve.awaitLine("Predictions:").replaceAll(".*(http://.*)/v1.*", "$1"));
    return serve;
  }

  /** The example with quick publications. */
  private String spec() throws Exception {
    String text =
        Files.readString(EXAMPLE.resolve("pipeline.yaml"))
            .replace("instances: 1000, time: 30s", "instances: 500, time: 1s");
    Files.copy(EXAMPLE.resolve("flight.avsc"), directory.resolve("flight.avsc"));
    return Files.writeString(directory.resolve("pipeline.yaml"), text).toString();
  }

  private static String event() throws Exception {
    try (var in = new GZIPInputStream(Files.newInputStream(EXAMPLE.resolve("flights.csv.gz")))) {
      String[] lines =
          new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).split("\n", 3);
      String[] names = lines[0].split(",", -1);
      String[] cells = lines[1].split(",", -1);
      var event = new JsonMapper().createObjectNode();
      for (int i = 0; i < names.length; i++) {
        switch (names[i]) {
          case "origin", "destination" -> event.put(names[i], cells[i]);
          case "scheduled_departure" -> event.put(names[i], cells[i].replaceAll("Z$", ":00Z"));
          case "distance_miles" -> event.put(names[i], Integer.parseInt(cells[i]));
          default -> {} // the id and the label
        }
      }
      return event.toString();
    }
  }

  private long published(String key) throws Exception {
    HttpResponse<String> response = get("/v1/models/" + key);
    if (response.statusCode() != 200) {
      return -1;
    }
    for (JsonNode model : new JsonMapper().readTree(response.body()).get("models")) {
      if (model.get("slot").asText().equals("ht")) {
        return model.get("trained_instances").asLong();
      }
    }
    return -1;
  }

  private JsonNode predict(String event) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(address.resolve("/v1/predict"))
                .header("Content-Type", "application/json")
                .timeout(BOUND)
                .POST(HttpRequest.BodyPublishers.ofString("{\"event\": " + event + "}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonMapper().readTree(response.body());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(address.resolve(path)).timeout(BOUND).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Each key's last prediction of the champion, once all are there. */
  private static Map<String, Prediction> predictions(String kafka) throws Exception {
    Map<String, Prediction> last = new HashMap<>();
    long end = System.nanoTime() + BOUND.toNanos();
    int read = 0;
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers", kafka, "group.id", "it", "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(List.of("flight-delays-predictions"));
      while (read < ROWS && System.nanoTime() < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          Prediction prediction = AvroEncoding.decode(record.value(), Prediction.class);
          last.put(prediction.getKey(), prediction);
          read++;
        }
      }
    }
    assertThat(read).isEqualTo(ROWS);
    return last;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.models.Answer;
import io.meander.models.Decision;
import io.meander.serving.EventFeatures;
import io.meander.serving.FollowedModels;
import io.meander.serving.Payloads;
import io.meander.serving.Taught;
import io.meander.serving.TaughtFlights;
import io.meander.spec.PipelineSpec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PredictionServerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private TaughtFlights flights;
  private FollowedModels models;
  private PredictionServer server;
  private volatile String notReady;

  @BeforeEach
  void start() throws Exception {
    flights = new TaughtFlights(folder);
    PipelineSpec spec = flights.spec();
    models =
        new FollowedModels(
            spec.name(), spec.modelContext(), List.of("nb"), 64 << 20, Payloads.STORES);
    models.take(flights.learned("ATL", 300));
    models.take(flights.learned("a/b", 200));
    start(PredictionServer.Options.DEFAULT);
  }

  private void start(PredictionServer.Options options) throws Exception {
    start(options, new Decision.FirstMaximum());
  }

  private void start(PredictionServer.Options options, Decision decision) throws Exception {
    server =
        PredictionServer.start(
            options,
            models,
            new EventFeatures(flights.spec()),
            flights.spec().target(),
            decision,
            () -> Optional.ofNullable(notReady));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void predictsForAnEvent() throws Exception {
    JsonNode answer = json(post(event("ATL", 12.5)), 200);

    assertThat(answer.get("key").asText()).isEqualTo("ATL");
    assertThat(answer.get("slot").asText()).isEqualTo("nb");
    assertThat(answer.get("trained_instances").asLong()).isEqualTo(300);
    assertThat(answer.get("model_version").asLong()).isEqualTo(1);
    assertThat(answer.get("age_seconds").asDouble()).isPositive();
    assertThat(answer.get("features_as_of").isNull()).isTrue();
    double[] votes = flights.votes("ATL", 12.5);
    assertThat(answer.get("votes").get("no").doubleValue()).isEqualTo(votes[0]);
    assertThat(answer.get("votes").get("yes").doubleValue()).isEqualTo(votes[1]);
    assertThat(answer.get("predicted").asText()).isEqualTo(votes[0] >= votes[1] ? "no" : "yes");
  }

  @Test
  void decidesWhatIsServedAsTheJobDoes() throws Exception {
    String served = event("ATL", 12.5);
    String ofSlot = served.substring(0, served.lastIndexOf('}')) + ", \"slot\": \"nb\"}";
    String firstMaximum = json(post(served), 200).get("predicted").asText();
    int other = firstMaximum.equals("no") ? 1 : 0;
    server.close();
    start(PredictionServer.Options.DEFAULT, new Decision.Threshold(other, 0));

    assertThat(json(post(served), 200).get("predicted").asText())
        .isEqualTo(flights.spec().target().classes().get(other));
    assertThat(json(post(ofSlot), 200).get("predicted").asText()).isEqualTo(firstMaximum);
  }

  @Test
  void answersManyAtOnceAndThoseThatCannotBeWithAProblemEach() throws Exception {
    String body =
        "{\"requests\": [%s, %s, {\"key\": \"ATL\", \"features\": {\"miles\": 1}}, 7]}"
            .formatted(event("ATL", 1), event("ATM", 1));
    JsonNode answers = json(post(body), 200).get("answers");

    assertThat(answers).hasSize(4);
    assertThat(answers.get(0).get("predicted")).isNotNull();
    assertThat(answers.get(1).get("status").asInt()).isEqualTo(404);
    assertThat(answers.get(1).get("nearest").get(0).asText()).isEqualTo("ATL");
    assertThat(answers.get(2).get("trained_instances").asLong()).isEqualTo(300);
    assertThat(answers.get(3).get("status").asInt()).isEqualTo(400);
  }

  /** Numbers and scores too, from snapshots and from updates. */
  @ParameterizedTest
  @EnumSource
  void answersAsItsContractSaysWhateverIsPredicted(Taught.Kind kind) throws Exception {
    PipelineSpec spec = Taught.spec(kind);
    Taught taught = kind.key("k").learn(300);
    models = FollowedModels.of(spec, 64 << 20, Payloads.STORES);
    server.close();
    server =
        PredictionServer.start(
            PredictionServer.Options.DEFAULT,
            models,
            new EventFeatures(spec),
            spec.target(),
            spec.serve().decision(),
            Optional::empty);
    models.take(taught.publish("s0"));
    models.take(taught.publish("s1"));
    String asked = "{\"event\": {\"k\": \"k\", \"x\": 0.4, \"colour\": \"red\"}}";
    String first = json(post(asked), 200).toString();
    assertThat(json(get("/v1/models/k"), 200).get("by").asText()).isEqualTo("snapshots");
    models.takeUpdate(taught.facts());

    JsonNode answer = json(post(asked), 200);
    Answer.SlotAnswer expected = taught.answer(new double[] {0.4, 0}).servedAnswer();
    assertThat(answer.get("predicted").asText())
        .isEqualTo(spec.target().text(expected.predicted()));
    assertThat(answer.get("votes")).isEqualTo(new JsonMapper().readTree(first).get("votes"));
    assertThat(json(get("/v1/models/k"), 200).get("by").asText()).isEqualTo("updates");
    assertThat(json(get("/v1/models"), 200).get("updates").get("keys").asInt()).isEqualTo(1);
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    problem(post("{"), 400, "the body is not JSON");
    problem(post(""), 400, "the body is empty");
    problem(post("[]"), 400, "must be a JSON object");
    problem(post("{\"evnt\": {}}"), 400, "evnt: unknown member; did you mean 'event'?");
    problem(post("{\"requests\": 1}"), 400, "requests must be an array");
    assertThat(json(post("{\"requests\": [7]}"), 200).at("/answers/0/detail").asText())
        .isEqualTo("requests[0]: an object is needed");
    problem(get("/v1/predict"), 405, "");
    problem(post("{\"event\": {\"origin\": \"ATL\", \"mile\": 1}}"), 422, "did you mean 'miles'?");
    problem(
        post(event("ATM", 1)), 404, "no model was published for key 'ATM'; did you mean 'ATL'?");
    problem(
        post(event("ATL", 1).replace("{\"event\"", "{\"slot\": \"bn\", \"event\"")),
        404,
        "did you mean 'nb'?");
    problem(get("/v2/predict"), 404, "");
    problem(get("/v1/predict"), 405, "");
    problem(
        send(request("/v1/predict").POST(HttpRequest.BodyPublishers.ofString("{}"))),
        415,
        "Content-Type must be application/json");
    String large = "{\"key\": \"" + "x".repeat(1 << 20) + "\"}";
    problem(post(large), 413, "a body may have 1048576 bytes");
  }

  @Test
  void tellsOfItsModels() throws Exception {
    JsonNode first = json(get("/v1/models?limit=1"), 200);
    assertThat(first.get("keys").get(0).get("key").asText()).isEqualTo("ATL");
    assertThat(first.get("keys").get(0).get("models").get(0).get("serves").asBoolean()).isTrue();
    assertThat(first.get("next").asText()).isEqualTo("ATL");
    JsonNode second = json(get("/v1/models?limit=1&after=ATL"), 200);
    assertThat(second.get("keys").get(0).get("key").asText()).isEqualTo("a/b");
    assertThat(second.get("next").isNull()).isTrue();
    assertThat(
            json(get("/v1/models/a%2Fb"), 200)
                .get("models")
                .get(0)
                .get("trained_instances")
                .asInt())
        .isEqualTo(200);
    problem(get("/v1/models/ATM"), 404, "did you mean 'ATL'?");
    problem(get("/v1/models?limit=0"), 400, "limit: found '0'; allowed: 1 to 1000");
  }

  @Test
  void isReadyWhenTheFollowerIs() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    notReady = "still reading";
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    problem(get("/readyz"), 503, "still reading");
  }

  @Test
  void countsForPrometheus() throws Exception {
    post(event("ATL", 1));
    post("{");
    String text = get("/metrics").body();

    assertThat(text)
        .contains("meander_serve_requests_total{route=\"/v1/predict\",status=\"200\"} 1.0")
        .contains("meander_serve_requests_total{route=\"/v1/predict\",status=\"400\"} 1.0")
        .contains("meander_serve_models 2.0")
        .contains("meander_serve_live_models 1.0")
        .contains("meander_serve_snapshots_total 2.0")
        .contains("meander_serve_request_seconds_bucket{route=\"/v1/predict\",le=\"0.005\"}")
        .doesNotContain("ATL");
  }

  @Test
  void servesItsContract() throws Exception {
    assertThat(get("/openapi.yaml").body())
        .isEqualTo(
            java.nio.file.Files.readString(
                Path.of(System.getProperty("meander.root"), "docs/openapi.yaml")))
        .contains("/v1/predict:", "/v1/models:", "/v1/models/{key}:", "/healthz:", "/readyz:");
  }

  @Test
  void wantsItsTokenButForHealth() throws Exception {
    stop();
    PredictionServer.Options plain = PredictionServer.Options.DEFAULT;
    start(
        new PredictionServer.Options(
            plain.host(), 0, 2, 8, null, plain.maxRequestBytes(), "sesame"));

    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    problem(post(event("ATL", 1)), 401, "an Authorization header");
    problem(get("/metrics"), 401, "an Authorization header");
    problem(
        send(request("/v1/models").header("Authorization", "Bearer sesam")),
        401,
        "not the server's");
    assertThat(send(request("/v1/models").header("Authorization", "Bearer sesame")).statusCode())
        .isEqualTo(200);
    assertThat(new PredictionServer.Options(plain.host(), 0, 2, 8, null, 1, "sesame").toString())
        .doesNotContain("sesame");
  }

  @Test
  void answersFromNoModelThatIsTooOld() throws Exception {
    stop();
    PredictionServer.Options plain = PredictionServer.Options.DEFAULT;
    start(
        new PredictionServer.Options(
            plain.host(), 0, 2, 8, Duration.ofHours(1), plain.maxRequestBytes(), null));

    problem(
        post(event("ATL", 1)), 503, "published at 2026-01-01T00:00:01Z, which is older than 1h");
  }

  @Test
  void turnsAwayWhatItCannotTakeAndAnswersTheRest() throws Exception {
    WorkQueue queue = new WorkQueue(1, 2);
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    List<CompletableFuture<Integer>> taken = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      taken.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return queue.run(
                      () -> {
                        working.countDown();
                        try {
                          assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                        return number;
                      });
                } catch (Problem e) {
                  throw new AssertionError(e);
                }
              },
              runnable -> new Thread(runnable).start()));
    }
    assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (queue.inside() < 3 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    try {
      queue.run(() -> 4);
      throw new AssertionError("a fourth was taken");
    } catch (Problem e) {
      assertThat(e.status().getCode()).isEqualTo(429);
      assertThat(e).hasMessageContaining("2 requests wait already");
    }
    release.countDown();
    for (int i = 0; i < 3; i++) {
      assertThat(taken.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(i);
    }
    assertThat(queue.run(() -> 5)).isEqualTo(5);
  }

  private static String event(String origin, double miles) {
    ObjectNode request = new JsonMapper().createObjectNode();
    request.putObject("event").put("origin", origin).put("miles", miles);
    return request.toString();
  }

  private void problem(HttpResponse<String> response, int status, String detail) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    JsonNode problem = new JsonMapper().readTree(response.body());
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("detail").asText()).contains(detail);
  }

  private static JsonNode json(HttpResponse<String> response, int status) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return new JsonMapper().readTree(response.body());
  }

  private HttpResponse<String> post(String body) throws Exception {
    return send(
        request("/v1/predict")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(PATIENCE);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    Contract.check(response);
    return response;
  }
}

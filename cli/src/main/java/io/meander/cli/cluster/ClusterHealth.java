/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Asks Flink's REST interface and the broker how they are. Each question is bounded in time. */
public final class ClusterHealth {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final URI overview;
  private final String bootstrapServers;

  public ClusterHealth(String webUi, String bootstrapServers) {
    this.overview = URI.create(webUi + "/overview");
    this.bootstrapServers = bootstrapServers;
  }

  /** Flink's own overview; empty if it does not answer. */
  public Optional<JsonNode> overview() throws InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(overview).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? Optional.of(JSON.readTree(answer.body()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** TaskManagers that have registered; 0 if Flink does not answer. */
  int taskManagers() throws InterruptedException {
    return overview().map(o -> o.path("taskmanagers").asInt()).orElse(0);
  }

  /** Jobs all of whose tasks run; 0 if Flink does not answer. */
  int jobsRunning() throws InterruptedException {
    return overview().map(o -> o.path("jobs-running").asInt()).orElse(0);
  }

  public boolean brokerAnswers() throws InterruptedException {
    int millis = (int) TIMEOUT.toMillis();
    Map<String, Object> client =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            millis,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            millis);
    try (Admin admin = Admin.create(client)) {
      return !admin.describeCluster().nodes().get(millis, TimeUnit.MILLISECONDS).isEmpty();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}

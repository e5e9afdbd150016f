/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics that the dashboard and the alert rules name, and those that a running job has, by the
 * names that Flink's Prometheus reporter gives them.
 */
final class ShownMetrics {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern NAME = Pattern.compile("flink_[A-Za-z_]+");
  private static final String JOB = "flink_jobmanager_job_";
  private static final String TASK = "flink_taskmanager_job_task_";

  /** Groups whose value is a label in Prometheus, no part of the name. */
  private static final Set<String> LABELLED = Set.of("meander", "slot", "reason", "level");

  /** Flink's REST interface has a histogram's figures one by one, Prometheus by its name. */
  private static final Pattern OF_HISTOGRAM =
      Pattern.compile("_(count|min|max|mean|median|stddev|p[0-9]+)$");

  private static final int TIMEOUT_MILLIS = 10_000;

  private ShownMetrics() {}

  /** All that the files of {@code deploy} name. */
  static Set<String> named(Path root) throws IOException {
    Set<String> names = new TreeSet<>();
    for (String file :
        List.of("deploy/prometheus/alerts.yml", "deploy/grafana/dashboards/meander.json")) {
      Matcher matcher = NAME.matcher(Files.readString(root.resolve(file)));
      while (matcher.find()) {
        names.add(matcher.group());
      }
    }
    return names;
  }

  /** All that a job has now. */
  static Set<String> of(String webUi, String job) throws IOException {
    String base = webUi + "/jobs/" + job;
    Set<String> names = new TreeSet<>();
    for (JsonNode metric : get(base + "/metrics")) {
      names.add(JOB + metric.path("id").asText());
    }
    for (JsonNode vertex : get(base).path("vertices")) {
      String metrics = base + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
      for (JsonNode metric : get(metrics)) {
        String name = TASK + name(metric.path("id").asText());
        names.add(name);
        names.add(OF_HISTOGRAM.matcher(name).replaceFirst(""));
      }
    }
    return names;
  }

  /** {@code learning.meander.flights.cache.hits} is operator_meander_cache_hits. */
  private static String name(String id) {
    List<String> parts = new ArrayList<>(List.of(id.split("\\.", -1)));
    if (parts.size() > 1) {
      parts.set(0, "operator");
    }
    for (int i = 0; i < parts.size() - 1; i++) {
      if (LABELLED.contains(parts.get(i))) {
        parts.remove(i + 1);
      }
    }
    return String.join("_", parts).replaceAll("[^A-Za-z0-9_]", "_");
  }

  private static JsonNode get(String address) throws IOException {
    URLConnection connection = URI.create(address).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    try (var in = connection.getInputStream()) {
      return JSON.readTree(in);
    }
  }
}

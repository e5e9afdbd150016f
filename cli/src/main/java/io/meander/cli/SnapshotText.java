/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.avro.ModelSnapshot;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;

/** Snapshots as JSON, and as lines for people. */
final class SnapshotText {

  private SnapshotText() {}

  /** All that a snapshot says but for its payload, by the record's own names. */
  static ObjectNode json(ModelSnapshot snapshot) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("pipeline", snapshot.getPipeline());
    json.put("key", snapshot.getKey());
    json.put("slot", snapshot.getSlot());
    json.put("incarnation", snapshot.getIncarnation());
    json.put("version", snapshot.getVersion());
    json.put("parent_version", snapshot.getParentVersion());
    json.put("generation", snapshot.getGeneration());
    json.put("position", snapshot.getPosition());
    json.put("champion", snapshot.getChampion());
    ObjectNode weights = json.putObject("serving_weights");
    snapshot.getServingWeights().forEach(weights::put);
    json.put("cause", snapshot.getCause().name());
    json.put("trained_instances", snapshot.getTrainedInstances());
    json.put("first_event_time", text(snapshot.getFirstEventTime()));
    json.put("last_event_time", text(snapshot.getLastEventTime()));
    var offsets = json.putArray("offsets");
    snapshot
        .getOffsets()
        .forEach(
            taken ->
                offsets
                    .addObject()
                    .put("topic", taken.getTopic())
                    .put("partition", taken.getPartition())
                    .put("offset", taken.getOffset()));
    json.put("published_at", text(snapshot.getPublishedAt()));
    ObjectNode metrics = json.putObject("metrics");
    metrics.put("instances", snapshot.getMetrics().getInstances());
    metrics.put("accuracy", snapshot.getMetrics().getAccuracy());
    metrics.put("kappa", snapshot.getMetrics().getKappa());
    metrics.put("kappa_temporal", snapshot.getMetrics().getKappaTemporal());
    metrics.put("kappa_m", snapshot.getMetrics().getKappaM());
    metrics.put("log_loss", snapshot.getMetrics().getLogLoss());
    metrics.put("mae", snapshot.getMetrics().getMae());
    metrics.put("rmse", snapshot.getMetrics().getRmse());
    metrics.put("r2", snapshot.getMetrics().getR2());
    metrics.put("auc", snapshot.getMetrics().getAuc());
    metrics.put("f1", snapshot.getMetrics().getF1());
    metrics.put("precision", snapshot.getMetrics().getPrecision());
    metrics.put("recall", snapshot.getMetrics().getRecall());
    json.put("threshold", snapshot.getThreshold());
    json.put("learner", snapshot.getLearner());
    json.put("seed", snapshot.getSeed());
    json.put("moa_version", snapshot.getMoaVersion());
    json.put("feature_fingerprint", snapshot.getFeatureFingerprint());
    var columns = json.putArray("features");
    snapshot
        .getFeatures()
        .forEach(
            column -> {
              ObjectNode feature = columns.addObject().put("name", column.getName());
              column.getValues().forEach(feature.putArray("values")::add);
            });
    json.put("task", snapshot.getTask());
    snapshot.getClasses().forEach(json.putArray("classes")::add);
    json.put("format", snapshot.getFormat());
    json.put("checksum", snapshot.getChecksum());
    json.put("payload_bytes", snapshot.getPayloadBytes());
    json.put("payload_uri", snapshot.getPayloadUri());
    json.put(
        "feature_state_bytes",
        snapshot.getFeatureState() == null ? 0 : snapshot.getFeatureState().remaining());
    return json;
  }

  /** One name and value a line, nested ones indented. */
  static void lines(ObjectNode json, PrintWriter out) {
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (field.getKey().equals("features")) {
        out.printf("%-20s %s%n", "features", columns(field.getValue()));
      } else {
        JsonNode value = field.getValue();
        out.printf("%-20s %s%n", field.getKey(), value.isValueNode() ? value.asText() : value);
      }
    }
  }

  private static String columns(JsonNode features) {
    StringBuilder text = new StringBuilder();
    for (JsonNode feature : features) {
      int values = feature.get("values").size();
      text.append(text.isEmpty() ? "" : ", ").append(feature.get("name").asText());
      text.append(values == 0 ? "" : " (%d values)".formatted(values));
    }
    return text.toString();
  }

  static void print(JsonNode json, PrintWriter out) {
    try {
      out.println(new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("writing to memory", e);
    }
  }

  private static String text(Instant timeOrNull) {
    return timeOrNull == null ? null : timeOrNull.toString();
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.avro.FeatureColumn;
import io.meander.avro.ModelSnapshot;
import io.meander.cli.report.ModelFiles;
import io.meander.models.SlotSpec;
import io.meander.serving.PublishedModel;
import io.meander.serving.SnapshotException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Snapshots as MLflow model directories, {@code KEY/SLOT/MLmodel} beside the snapshot, of the
 * flavour {@code meander}; and {@code aliases.json}: which of a key's directories is champion and
 * which are challengers, since MLflow keeps aliases in its registry and not with models.
 */
final class MlflowExport {

  private static final String SNAPSHOT = "model.snapshot";
  private static final DateTimeFormatter CREATED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final JsonMapper mapper = new JsonMapper();
  private final Map<String, List<ModelSnapshot>> byKey = new TreeMap<>();

  MlflowExport(Path folder) {
    this.folder = folder;
  }

  /** Writes one model's directory. */
  void write(ModelSnapshot snapshot) throws IOException, SnapshotException {
    Path directory = Files.createDirectories(folder.resolve(path(snapshot)));
    Files.write(directory.resolve(SNAPSHOT), PublishedModel.withPayload(snapshot));
    // JSON is YAML too.
    Files.writeString(directory.resolve("MLmodel"), text(mlModel(snapshot)));
    byKey.computeIfAbsent(snapshot.getKey(), key -> new ArrayList<>()).add(snapshot);
  }

  /** Call once all are written. */
  void writeAliases() throws IOException {
    ObjectNode aliases = JsonNodeFactory.instance.objectNode();
    byKey.forEach(
        (key, snapshots) -> {
          ModelSnapshot first = snapshots.get(0);
          ObjectNode of = aliases.putObject(first.getPipeline() + "." + key);
          List<ModelSnapshot> challengers =
              snapshots.stream().filter(MlflowExport::isChallenger).toList();
          for (ModelSnapshot snapshot : snapshots) {
            if (snapshot.getSlot().equals(snapshot.getChampion())) {
              of.put("champion", path(snapshot));
            } else if (isChallenger(snapshot)) {
              of.put(
                  challengers.size() == 1 ? "challenger" : "challenger-" + snapshot.getSlot(),
                  path(snapshot));
            }
          }
        });
    Files.writeString(folder.resolve("aliases.json"), text(aliases));
  }

  private static boolean isChallenger(ModelSnapshot snapshot) {
    return !snapshot.getSlot().equals(snapshot.getChampion())
        && !snapshot.getSlot().startsWith(SlotSpec.FROZEN);
  }

  private static String path(ModelSnapshot snapshot) {
    return ModelFiles.fileName(snapshot.getKey()) + "/" + snapshot.getSlot();
  }

  private ObjectNode mlModel(ModelSnapshot snapshot) throws JsonProcessingException {
    ObjectNode model = JsonNodeFactory.instance.objectNode();
    model.put("artifact_path", path(snapshot));
    ObjectNode flavour = model.putObject("flavors").putObject("meander");
    flavour.put("data", SNAPSHOT);
    flavour.put("format", snapshot.getFormat());
    flavour.put("learner", snapshot.getLearner());
    flavour.put("moa_version", snapshot.getMoaVersion());
    ObjectNode signature = model.putObject("signature");
    signature.put("inputs", mapper.writeValueAsString(inputs(snapshot)));
    signature.put("outputs", mapper.writeValueAsString(outputs(snapshot)));
    signature.putNull("params");
    model.put("model_size_bytes", snapshot.getPayloadBytes());
    model.put("model_uuid", uuid(snapshot));
    Instant at = snapshot.getPublishedAt();
    model.put("utc_time_created", CREATED.format(at == null ? Instant.EPOCH : at));
    ObjectNode metadata = SnapshotText.json(snapshot);
    metadata.remove(List.of("features", "classes", "payload_uri"));
    model.set("metadata", metadata);
    return model;
  }

  private static ArrayNode inputs(ModelSnapshot snapshot) {
    ArrayNode inputs = JsonNodeFactory.instance.arrayNode();
    for (FeatureColumn column : snapshot.getFeatures()) {
      add(inputs, column.getName(), column.getValues().isEmpty() ? "double" : "string");
    }
    return inputs;
  }

  /** One vote a class; else the one number. */
  private static ArrayNode outputs(ModelSnapshot snapshot) {
    ArrayNode outputs = JsonNodeFactory.instance.arrayNode();
    List<String> names =
        snapshot.getClasses().isEmpty() ? List.of("prediction") : snapshot.getClasses();
    names.forEach(name -> add(outputs, name, "double"));
    return outputs;
  }

  private static void add(ArrayNode columns, String name, String type) {
    columns.addObject().put("type", type).put("name", name).put("required", true);
  }

  /** Names this version: 32 hexadecimal digits, as MLflow makes them. */
  private static String uuid(ModelSnapshot snapshot) {
    String name =
        String.join(
            "\0",
            snapshot.getPipeline(),
            snapshot.getKey(),
            snapshot.getSlot(),
            Long.toString(snapshot.getVersion()));
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
        .toString()
        .replace("-", "");
  }

  private String text(JsonNode json) throws JsonProcessingException {
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }
}

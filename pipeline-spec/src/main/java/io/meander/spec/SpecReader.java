/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import com.fasterxml.jackson.databind.JsonNode;
import io.meander.features.EventTimeReader;
import io.meander.features.FeatureSpec;
import io.meander.features.FieldPath;
import io.meander.features.FieldPathException;
import io.meander.features.NearestName;
import io.meander.features.Nominal;
import io.meander.models.Detectors;
import io.meander.models.DriftSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.Learners;
import io.meander.models.OptionStringException;
import io.meander.models.SlotSpec;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * Makes a spec of a document that fits the JSON Schema: fills in defaults and checks fields against
 * each other, against the event schema and against MOA. Used once.
 */
final class SpecReader {

  private static final Duration OUT_OF_ORDERNESS = Duration.ofSeconds(5);
  private static final Duration IDLE_AFTER = Duration.ofMinutes(1);
  private static final long EVERY_INSTANCES = 1000;
  private static final Duration EVERY_TIME = Duration.ofSeconds(30);
  private static final int WINDOW = 1000;
  private static final Set<Schema.Type> NUMBERS =
      Set.of(Schema.Type.INT, Schema.Type.LONG, Schema.Type.FLOAT, Schema.Type.DOUBLE);

  private final String yaml;
  private final JsonNode root;
  private final SchemaSource files;
  private final Schema fileSchemaOrNull;
  private final boolean keyIsFeature;
  private final List<SpecError> errors = new ArrayList<>();

  SpecReader(String yaml, JsonNode root, SchemaSource files, FileSchema fileOrNull) {
    this.yaml = yaml;
    this.root = root;
    this.files = files;
    this.fileSchemaOrNull = fileOrNull == null ? null : fileOrNull.schema();
    this.keyIsFeature =
        root.path("key-as-feature").asBoolean(fileOrNull != null && fileOrNull.keyAsFeature());
  }

  PipelineSpec read() throws SpecException {
    String name = root.path("name").asText();
    List<SlotSpec> slots = slots();
    String champion = champion(slots);
    DriftSpec drift = drift();
    FreezeSpec frozen = frozen();
    PipelineSpec.Topics topics = topics(name);
    Schema schema = schema();
    if (schema == null) {
      throw new SpecException(errors);
    }
    PipelineSpec.Events events = events(name, schema);
    PipelineSpec.Label label = label(schema);
    PipelineSpec.Evaluation evaluation = evaluation(schema);
    List<FeatureSpec> features =
        errors.isEmpty()
            ? new FeatureReader(root, schema, events, label, keyIsFeature, errors).read()
            : List.of();
    if (!errors.isEmpty()) {
      throw new SpecException(errors);
    }
    return new PipelineSpec(
        yaml,
        name,
        events,
        label,
        features,
        slots,
        champion,
        drift,
        frozen,
        snapshots(),
        evaluation,
        topics,
        root.at("/predictions/delivery").asText().equals("exactly-once")
            ? PipelineSpec.Delivery.EXACTLY_ONCE
            : PipelineSpec.Delivery.AT_LEAST_ONCE);
  }

  private List<SlotSpec> slots() {
    List<SlotSpec> slots = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (JsonNode node : root.path("slots")) {
      String path = YamlPath.of("slots", slots.size());
      String id = node.path("id").asText();
      String learner = node.path("learner").asText();
      if (SlotSpec.RESERVED.contains(id)) {
        error(
            path + ".id",
            "'"
                + id
                + "' is taken: results use "
                + String.join(", ", SlotSpec.RESERVED)
                + " for what is not a slot; choose another id");
      }
      if (!ids.add(id)) {
        error(path + ".id", "there is another slot '" + id + "'; ids are unique");
      }
      try {
        Learners.check(learner);
      } catch (OptionStringException e) {
        error(path + ".learner", e.getMessage());
      }
      slots.add(new SlotSpec(id, learner, node.path("seed").asInt(SlotSpec.DEFAULT_SEED)));
    }
    return slots;
  }

  private String champion(List<SlotSpec> slots) {
    List<String> ids = slots.stream().map(SlotSpec::id).toList();
    JsonNode champion = root.at("/serve/champion");
    if (champion.isMissingNode()) {
      if (ids.size() > 1) {
        error("serve.champion", "is missing: of several slots one serves; allowed: " + ids);
      }
      return ids.get(0);
    }
    if (!ids.contains(champion.asText())) {
      error(
          "serve.champion",
          "there is no slot '"
              + champion.asText()
              + "'"
              + NearestName.suggestion(champion.asText(), ids)
              + " (slots: "
              + String.join(", ", ids)
              + ")");
    }
    return champion.asText();
  }

  private DriftSpec drift() {
    String detector = root.at("/drift/detector").asText(DriftSpec.DEFAULT.detector());
    JsonNode warning = root.at("/drift/warning");
    checkDetector("drift.detector", detector);
    if (!warning.isMissingNode()) {
      checkDetector("drift.warning", warning.asText());
    }
    return new DriftSpec(detector, warning.isMissingNode() ? null : warning.asText());
  }

  private void checkDetector(String path, String detector) {
    try {
      Detectors.check(detector);
    } catch (OptionStringException e) {
      error(path, e.getMessage());
    }
  }

  private FreezeSpec frozen() {
    JsonNode at = root.at("/frozen/at");
    JsonNode after = root.at("/frozen/after");
    if (!at.isMissingNode()) {
      try {
        return new FreezeSpec.At(OffsetDateTime.parse(at.asText()).toInstant());
      } catch (DateTimeException e) {
        error(
            "frozen.at",
            "found "
                + YamlPath.show(at)
                + "; allowed: an instant with its offset such as 2001-02-01T00:00:00Z");
        return null;
      }
    }
    if (after.isObject()) {
      return new FreezeSpec.AfterInstances(after.path("instances").asLong());
    }
    return after.isTextual() ? new FreezeSpec.AfterTime(Durations.parse(after.asText())) : null;
  }

  private Schema schema() {
    JsonNode path = root.at("/events/schema");
    if (path.isMissingNode()) {
      if (fileSchemaOrNull == null) {
        error(
            "events.schema",
            "is missing: name the events' Avro schema (.avsc), relative to this file; only a data"
                + " file given with --events brings its own");
      }
      return fileSchemaOrNull;
    }
    try {
      Schema schema = new Schema.Parser().parse(files.read(path.asText()));
      if (schema.getType() != Schema.Type.RECORD) {
        error(
            "events.schema",
            "'"
                + path.asText()
                + "' is of type "
                + schema.getType().getName()
                + "; allowed: a record");
        return null;
      }
      return schema;
    } catch (java.nio.file.NoSuchFileException | java.io.FileNotFoundException e) {
      error("events.schema", "there is no file '" + path.asText() + "' beside the spec");
    } catch (IOException e) {
      error("events.schema", "cannot read '" + path.asText() + "': " + e.getMessage());
    } catch (SchemaParseException e) {
      error("events.schema", "'" + path.asText() + "' is not an Avro schema: " + e.getMessage());
    }
    return null;
  }

  private PipelineSpec.Events events(String name, Schema schema) {
    JsonNode events = root.path("events");
    List<String> key = texts(events.path("key"));
    for (int i = 0; i < key.size(); i++) {
      path(YamlPath.of("events.key", i), key.get(i), schema);
    }
    JsonNode id = events.path("id");
    if (!id.isMissingNode()) {
      path("events.id", id.asText(), schema);
    }
    return new PipelineSpec.Events(
        events.path("topic").asText(name),
        schema,
        key,
        id.isMissingNode() ? null : id.asText(),
        events.has("time") ? time(events.path("time"), schema) : null);
  }

  private PipelineSpec.EventTime time(JsonNode time, Schema schema) {
    String field = time.path("field").asText();
    String format = time.has("format") ? time.path("format").asText() : null;
    ZoneId zone = zone("events.time.zone", time.path("zone"));
    FieldPath path = path("events.time.field", field, schema);
    if (path != null) {
      try {
        new EventTimeReader(path, format, zone);
      } catch (IllegalArgumentException e) {
        error("events.time", e.getMessage());
      }
    }
    return new PipelineSpec.EventTime(
        field,
        format,
        zone,
        duration(time.path("out-of-orderness"), OUT_OF_ORDERNESS),
        duration(time.path("idle-after"), IDLE_AFTER));
  }

  private PipelineSpec.Label label(Schema schema) {
    JsonNode label = root.path("label");
    String field = label.path("field").asText();
    List<String> outcome = texts(label.path("outcome"));
    for (int i = 0; i < outcome.size(); i++) {
      path(YamlPath.of("label.outcome", i), outcome.get(i), schema);
    }
    List<String> classes = texts(label.path("classes"));
    Double above = label.has("above") ? (Double) label.path("above").doubleValue() : null;
    FieldPath path = path("label.field", field, schema);
    if (path != null && above != null) {
      if (!NUMBERS.contains(path.type().getType())) {
        error(
            "label.above",
            "'"
                + field
                + "' is a "
                + path.type().getType().getName()
                + "; only a number can be above another");
      }
      if (classes.size() != 2) {
        error(
            "label.classes",
            "found "
                + classes.size()
                + " classes; with label.above there are two, first that of"
                + " numbers not above it");
      }
    } else if (path != null) {
      classes = classesOf(path.type(), field, classes);
    }
    return new PipelineSpec.Label(field, above, classes, outcome);
  }

  private List<String> classesOf(Schema type, String field, List<String> declared) {
    List<String> known = Nominal.values(type).orElse(List.of());
    if (declared.isEmpty()) {
      if (known.isEmpty()) {
        error(
            "label.classes",
            "is missing: '"
                + field
                + "' has no value list of its own, so name the classes, or set"
                + " label.above for a number");
      } else if (known.size() < 2) {
        error("label.field", "'" + field + "' has one value, " + known + "; allowed: two or more");
      }
      return known;
    }
    for (String value : known) {
      if (!declared.contains(value)) {
        error(
            "label.classes",
            "lacks '"
                + value
                + "', which '"
                + field
                + "' can be ("
                + String.join(", ", known)
                + ")");
      }
    }
    return declared;
  }

  private PipelineSpec.Evaluation evaluation(Schema schema) {
    List<List<String>> slices = new ArrayList<>();
    for (JsonNode node : root.at("/evaluation/slices")) {
      List<String> slice = texts(node);
      for (int i = 0; i < slice.size(); i++) {
        path(YamlPath.of(YamlPath.of("evaluation.slices", slices.size()), i), slice.get(i), schema);
      }
      slices.add(slice);
    }
    return new PipelineSpec.Evaluation(root.at("/evaluation/window").asInt(WINDOW), slices);
  }

  private PipelineSpec.Snapshots snapshots() {
    return new PipelineSpec.Snapshots(
        root.at("/snapshots/every/instances").asLong(EVERY_INSTANCES),
        duration(root.at("/snapshots/every/time"), EVERY_TIME),
        root.at("/snapshots/on-drift").asBoolean(true));
  }

  private PipelineSpec.Topics topics(String name) {
    Map<String, String> usedBy = new HashMap<>();
    usedBy.put(root.at("/events/topic").asText(name), "events.topic");
    return new PipelineSpec.Topics(
        topic(usedBy, "predictions", name + "-predictions"),
        topic(usedBy, "drift", name + "-drift"),
        topic(usedBy, "evaluation", name + "-evaluations"),
        topic(usedBy, "snapshots", name + "-snapshots"),
        topic(usedBy, "rejects", name + "-rejects"),
        topic(usedBy, "control", name + "-control"),
        topic(usedBy, "control-acks", name + "-control-acks"));
  }

  private String topic(Map<String, String> usedBy, String section, String defaultName) {
    String topic = root.path(section).path("topic").asText(defaultName);
    String path = section + ".topic";
    String other = usedBy.putIfAbsent(topic, path);
    if (other != null) {
      error(path, "'" + topic + "' is also " + other + "; each topic has one use");
    }
    return topic;
  }

  private FieldPath path(String at, String field, Schema schema) {
    try {
      return FieldPath.of(field, schema);
    } catch (FieldPathException e) {
      error(at, e.getMessage());
      return null;
    }
  }

  private ZoneId zone(String at, JsonNode zone) {
    try {
      return zone.isMissingNode() ? ZoneOffset.UTC : ZoneId.of(zone.asText());
    } catch (DateTimeException e) {
      error(at, Zones.unknown(zone.asText()));
      return ZoneOffset.UTC;
    }
  }

  private static Duration duration(JsonNode node, Duration otherwise) {
    return node.isMissingNode() ? otherwise : Durations.parse(node.asText());
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private void error(String path, String message) {
    errors.add(new SpecError(path, message));
  }
}

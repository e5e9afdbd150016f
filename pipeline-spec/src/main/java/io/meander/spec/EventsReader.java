/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Reads the {@code events} part: the event schema first, then what the spec says of its fields. */
final class EventsReader {

  private static final Duration OUT_OF_ORDERNESS = Duration.ofSeconds(5);
  private static final Duration IDLE_AFTER = Duration.ofMinutes(1);

  private final SpecNode events;

  EventsReader(SpecNode events) {
    this.events = events;
  }

  /** The schema that the spec names, else the data file's; empty, with an error, if neither. */
  Optional<Schema> schema(SchemaSource files, FileSchema fileOrNull) {
    return schema(
        events.at("schema"),
        files,
        fileOrNull == null ? null : fileOrNull.schema(),
        "is missing: name the events' Avro schema (.avsc), relative to this file; only a data"
            + " file given with --events brings its own");
  }

  /** As {@link #schema(SchemaSource, FileSchema)}, for label records. */
  static Optional<Schema> labelSchema(SpecNode label, SchemaSource files, FileSchema fileOrNull) {
    return schema(
        label.at("schema"),
        files,
        fileOrNull == null ? null : fileOrNull.labelSchemaOrNull(),
        "is missing: name the label records' Avro schema (.avsc), relative to this file; only a"
            + " data file given with --labels brings its own");
  }

  private static Optional<Schema> schema(
      SpecNode node, SchemaSource files, Schema ofFileOrNull, String missing) {
    if (node.text().isPresent()) {
      return read(node, node.text().get(), files);
    }
    if (ofFileOrNull != null) {
      return Optional.of(ofFileOrNull);
    }
    if (!node.problems().touch(node.path())) {
      node.error(missing);
    }
    return Optional.empty();
  }

  private static Optional<Schema> read(SpecNode node, String file, SchemaSource files) {
    try {
      Schema schema = new Schema.Parser().parse(files.read(file));
      if (schema.getType() == Schema.Type.RECORD) {
        return Optional.of(schema);
      }
      node.error("'" + file + "' is " + EventFields.name(schema) + "; allowed: an Avro record");
    } catch (NoSuchFileException | FileNotFoundException e) {
      node.error("there is no file '" + file + "'; its path is relative to the spec");
    } catch (CharacterCodingException e) {
      node.error("'" + file + "' is not UTF-8 text, so not an Avro schema (.avsc)");
    } catch (InvalidPathException e) {
      node.error("'" + file + "' is not a path: " + e.getReason());
    } catch (IOException e) {
      node.error("cannot read '" + file + "': " + e.getMessage());
    } catch (AvroRuntimeException e) {
      node.error("'" + file + "' is not an Avro schema: " + reason(e));
    }
    return Optional.empty();
  }

  private static String reason(Throwable e) {
    Throwable cause = e.getCause() instanceof IOException ? e.getCause() : e;
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  PipelineSpec.Events read(String name, EventFields fields) {
    return new PipelineSpec.Events(
        topic(name),
        fields.schema(),
        fields.singles(events.at("key")),
        fields.single(events.at("id")).orElse(null),
        time(fields));
  }

  /** An event has to find its models before its label is known. */
  void checkKey(PipelineSpec.Label labelOrNull) {
    for (SpecNode node : events.at("key").items()) {
      if (labelOrNull != null && node.text().filter(labelOrNull::gives).isPresent()) {
        node.error(
            "'"
                + node.text().get()
                + "' is known only with the label, so it cannot choose the models that answer"
                + " before; delete it here");
      }
    }
  }

  String topic(String name) {
    return events.at("topic").text().orElse(name);
  }

  private PipelineSpec.EventTime time(EventFields fields) {
    SpecNode time = events.at("time");
    SpecNode field = time.at("field");
    if (field.text().isEmpty()) {
      return null;
    }
    SpecNode format = time.at("format");
    ZoneId zone = time.at("zone").zone();
    fields.checkTime(field, format, zone);
    return new PipelineSpec.EventTime(
        field.text().get(),
        format.text().orElse(null),
        zone,
        time.at("out-of-orderness").duration(OUT_OF_ORDERNESS),
        time.at("idle-after").duration(IDLE_AFTER));
  }
}

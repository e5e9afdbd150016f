/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.EventTimeReader;
import io.meander.features.FieldPath;
import io.meander.features.NearestName;
import io.meander.features.expression.Expression;
import io.meander.models.NumberTarget;
import io.meander.models.Target;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** Reads what {@code label} says of labels that come after their events: from where, until when. */
final class JoinReader {

  private static final Duration WAIT = Duration.ofHours(24);
  private static final long MAX_PER_KEY = 100_000;
  private static final String DROP = "drop";

  private static final List<String> OF_TOPIC = List.of("schema", "key", "id", "time", "resolve");
  private static final List<String> OF_WAITS =
      List.of(
          "wait",
          "otherwise",
          "late-positives",
          "corrections",
          "max-waiting-per-key",
          "max-waiting");

  private final SpecNode label;
  private final PipelineSpec.Events events;

  JoinReader(SpecNode label, PipelineSpec.Events events) {
    this.label = label;
    this.events = events;
  }

  /**
   * The topic of the labels; null if they are inside the events.
   *
   * @param fields of the label records
   * @param numbered whether events without an id have their row's number
   */
  PipelineSpec.LabelTopic topic(EventFields fields, boolean numbered) {
    if (label.at("topic").text().isEmpty()) {
      refuse(OF_TOPIC, "only labels on a topic of their own have it: set label.topic");
      return null;
    }
    boolean byId = label.at("resolve").text().orElse("").equals("by-id");
    return new PipelineSpec.LabelTopic(
        label.at("topic").text().get(),
        fields.schema(),
        byId ? List.of() : key(fields),
        id(fields, numbered),
        time(label.at("time"), fields),
        byId);
  }

  private List<String> key(EventFields fields) {
    SpecNode node = label.at("key");
    if (!node.isPresent()) {
      for (String name : events.key()) {
        requireField(
            fields,
            name,
            node,
            "name the label records' fields of the key here, or set resolve: by-id");
      }
      return events.key();
    }
    List<String> key = fields.singles(node);
    if (key.size() != events.key().size()) {
      node.error(
          "found "
              + key.size()
              + " fields; events.key has "
              + events.key().size()
              + " ("
              + String.join(", ", events.key())
              + "): name as many, in that order");
    }
    return key;
  }

  private String id(EventFields fields, boolean numbered) {
    SpecNode node = label.at("id");
    if (events.idOrNull() == null && !numbered) {
      label
          .at("topic")
          .error("labels join their events by id: name the events' id field in events.id");
    }
    if (node.isPresent()) {
      return fields.single(node).orElse("");
    }
    if (events.idOrNull() == null) {
      node.error("is missing: name the label records' field that holds the event's id");
      return "";
    }
    requireField(
        fields, events.idOrNull(), node, "name the label records' field of the event's id");
    return events.idOrNull();
  }

  private static void requireField(EventFields fields, String name, SpecNode node, String advice) {
    List<String> names = fields.schema().getFields().stream().map(Schema.Field::name).toList();
    if (!names.contains(name)) {
      node.error(
          "is missing, and the label records have no field '"
              + name
              + "'"
              + NearestName.suggestion(name, names)
              + "; "
              + advice);
    }
  }

  private static PipelineSpec.EventTime time(SpecNode time, EventFields fields) {
    SpecNode field = time.at("field");
    if (field.text().isEmpty()) {
      return null;
    }
    SpecNode format = time.at("format");
    ZoneId zone = time.at("zone").zone();
    fields.checkTime(field, format, zone);
    return new PipelineSpec.EventTime(
        field.text().get(), format.text().orElse(null), zone, Duration.ZERO, Duration.ZERO);
  }

  /**
   * When labels inside events are known; null if at once.
   *
   * @param fields of the events
   */
  PipelineSpec.KnownAt knownAt(EventFields fields) {
    SpecNode node = label.at("known-at");
    if (!node.json().isObject()) {
      return null;
    }
    if (label.at("topic").isPresent()) {
      node.error("labels on a topic of their own bring their time: delete this or label.topic");
      return null;
    }
    if (events.timeOrNull() == null) {
      node.error("needs the events' time: name its field in events.time");
      return null;
    }
    SpecNode field = node.at("field");
    if (field.text().isPresent()) {
      Optional<FieldPath> path = fields.find(field);
      path.ifPresent(
          found -> {
            try {
              new EventTimeReader(
                  found, events.timeOrNull().formatOrNull(), events.timeOrNull().zone());
            } catch (IllegalArgumentException e) {
              field.error(e.getMessage());
            }
          });
      return new PipelineSpec.KnownAt(field.text().get(), null, null);
    }
    if (node.at("value").text().isPresent()) {
      return knownAt(node.at("value"), fields);
    }
    Duration after = node.at("after").duration(null);
    return after == null ? null : new PipelineSpec.KnownAt(null, after, null);
  }

  private static PipelineSpec.KnownAt knownAt(SpecNode value, EventFields fields) {
    fields
        .expression(value)
        .filter(expression -> expression.type() != Expression.Type.TIME)
        .ifPresent(
            expression ->
                value.error(
                    "the expression gives a "
                        + expression.type()
                        + ", and a label is known at a time, such as departure + duration('30m')"));
    return new PipelineSpec.KnownAt(null, null, value.text().orElseThrow());
  }

  /**
   * How long predictions wait, and what ends the wait.
   *
   * @param late whether labels come after their events at all
   * @param topical whether they come on a topic of their own
   */
  PipelineSpec.Waits waits(Target targetOrNull, boolean late, boolean topical) {
    if (!late) {
      refuse(
          OF_WAITS,
          "only labels that come after their events are waited for: set label.topic or"
              + " label.known-at");
    }
    Double otherwise = otherwise(targetOrNull);
    if (otherwise == null && label.at("late-positives").isPresent()) {
      label
          .at("late-positives")
          .error("without label.otherwise naming a label there are none: delete it");
    }
    return new PipelineSpec.Waits(
        label.at("wait").duration(topical ? WAIT : null),
        otherwise,
        trains("late-positives"),
        trains("corrections"),
        (int) label.at("max-waiting-per-key").number(MAX_PER_KEY),
        label.at("max-waiting").number(PipelineSpec.Waits.MAX));
  }

  private Double otherwise(Target targetOrNull) {
    SpecNode node = label.at("otherwise");
    String text = node.text().orElse(DROP);
    if (targetOrNull instanceof NumberTarget) {
      return number(node, text);
    }
    List<String> classes = targetOrNull == null ? List.of() : targetOrNull.classes();
    int index = classes.indexOf(text);
    if (index >= 0) {
      return (double) index;
    }
    if (node.json().isNumber()) {
      text = node.json().asText();
    }
    if (!text.equals(DROP)) {
      List<String> allowed = new ArrayList<>(classes);
      allowed.add(DROP);
      node.error(
          "found '"
              + text
              + "'; allowed: drop, or a class of label.classes "
              + classes
              + NearestName.suggestion(text, allowed));
    }
    return null;
  }

  private static Double number(SpecNode node, String text) {
    if (node.json().isNumber() && Double.isFinite(node.json().doubleValue())) {
      return node.json().doubleValue();
    }
    if (!text.equals(DROP)) {
      node.error("found '" + text + "'; allowed: drop, or a number, as the label is one");
    }
    return null;
  }

  private boolean trains(String policy) {
    return label.at(policy).text().orElse("").equals("train");
  }

  private void refuse(List<String> keys, String why) {
    for (String key : keys) {
      if (label.at(key).isPresent()) {
        label.at(key).error(why);
      }
    }
  }
}

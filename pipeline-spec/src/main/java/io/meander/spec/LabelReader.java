/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.FieldPath;
import io.meander.features.NearestName;
import io.meander.features.Nominal;
import io.meander.models.ClassTarget;
import io.meander.models.NumberTarget;
import io.meander.models.Target;
import io.meander.models.Task;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** Reads the {@code label} part: which field, and what its classes are. */
final class LabelReader {

  private static final int TWO = 2;

  private final SpecNode label;
  private final EventFields eventFields;

  /** Of the records that hold the label. */
  private final EventFields fields;

  private final PipelineSpec.Events events;
  private final boolean numbered;
  private final Task task;

  /**
   * @param labelSchemaOrNull of the label records; null if the label is inside the event
   * @param numbered whether events without an id have their row's number
   */
  LabelReader(
      SpecNode label,
      EventFields eventFields,
      Schema labelSchemaOrNull,
      PipelineSpec.Events events,
      boolean numbered,
      Task task) {
    this.label = label;
    this.eventFields = eventFields;
    this.fields = labelSchemaOrNull == null ? eventFields : new EventFields(labelSchemaOrNull);
    this.events = events;
    this.numbered = numbered;
    this.task = task;
  }

  /** The label; null if it names no field, which is an error already. */
  PipelineSpec.Label read() {
    SpecNode field = label.at("field");
    Optional<FieldPath> path = fields.find(field);
    List<String> classes = label.at("classes").texts();
    Double above = label.at("above").isPresent() ? label.at("above").json().doubleValue() : null;
    for (SpecNode outcome : label.at("outcome").items()) {
      eventFields.find(outcome);
    }
    if (task == Task.REGRESSION) {
      refuse("above", "a regression predicts the number itself: delete it");
      refuse("classes", "a regression predicts a number and has no classes: delete it");
      path.ifPresent(found -> checkNumber(label.at("field"), found, "of a regression"));
    } else if (above != null) {
      if (above.isInfinite()) {
        label.at("above").error("found " + label.at("above").json() + "; allowed: a double");
      }
      path.ifPresent(this::checkAbove);
      checkTwo(classes);
    } else if (path.isPresent()) {
      classes = classes(path.get().type(), path.get().toString(), classes);
    }
    Target target =
        task == Task.REGRESSION
            ? new NumberTarget()
            : classes.size() < TWO ? null : new ClassTarget(classes);
    JoinReader join = new JoinReader(label, events);
    PipelineSpec.LabelTopic topic = join.topic(fields, numbered);
    PipelineSpec.KnownAt knownAt = join.knownAt(eventFields);
    PipelineSpec.Waits waits = join.waits(target, topic != null || knownAt != null, topic != null);
    return field.text().isEmpty() || target == null
        ? null
        : new PipelineSpec.Label(
            field.text().get(), above, target, label.at("outcome").texts(), topic, knownAt, waits);
  }

  private void refuse(String key, String why) {
    if (label.at(key).isPresent()) {
      label.at(key).error("task is " + task.text() + ", and " + why);
    }
  }

  private static void checkNumber(SpecNode node, FieldPath path, String what) {
    if (!EventFields.isNumber(path.type())) {
      node.error(
          "'"
              + path
              + "' is "
              + EventFields.name(path.type())
              + "; the label "
              + what
              + " is a number");
    }
  }

  private void checkAbove(FieldPath path) {
    if (!EventFields.isNumber(path.type())) {
      label
          .at("above")
          .error(
              "'"
                  + path
                  + "' is "
                  + EventFields.name(path.type())
                  + "; only a number can be above another: delete above, or label by a number");
    }
  }

  private void checkTwo(List<String> classes) {
    SpecNode node = label.at("classes");
    if (classes.size() == TWO || node.problems().touch(node.path())) {
      return;
    }
    node.error(
        (node.isPresent() ? "found " + classes.size() + " classes" : "is missing")
            + "; label.above makes two: first that of numbers not above it, then that of numbers"
            + " above it, such as [\"no\", \"yes\"]");
  }

  private List<String> classes(Schema type, String name, List<String> declared) {
    SpecNode node = label.at("classes");
    List<String> known = Nominal.values(type).orElse(List.of());
    if (node.problems().touch(node.path())) {
      return declared;
    }
    if (!isText(type)) {
      label
          .at("field")
          .error(
              "'"
                  + name
                  + "' is "
                  + EventFields.name(type)
                  + (EventFields.isNumber(type)
                      ? "; set label.above to make a number into two classes, or task: regression to predict it"
                      : "; a label is a text, an enum, a boolean or a number"));
    } else if (!declared.isEmpty()) {
      checkAllListed(node, name, known, declared);
      checkPossible(node, type, name);
    } else if (known.isEmpty()) {
      node.error(
          "is missing: the schema lists no values of '" + name + "'; list them here, each quoted");
    } else if (known.size() < TWO) {
      label
          .at("field")
          .error("'" + name + "' can only be " + known.get(0) + "; allowed: two values or more");
    }
    return declared.isEmpty() ? known : declared;
  }

  /** A string's list is of what a file has shown so far; that of other types is complete. */
  private static void checkPossible(SpecNode classes, Schema type, String name) {
    if (type.getType() == Schema.Type.STRING) {
      return;
    }
    List<String> known = Nominal.values(type).orElse(List.of());
    for (SpecNode node : classes.items()) {
      String found = node.text().orElse("");
      if (!known.isEmpty() && !known.contains(found)) {
        node.error(
            "'"
                + name
                + "' is never '"
                + found
                + "'"
                + NearestName.suggestion(found, known)
                + " (it can be "
                + String.join(", ", known)
                + ")");
      }
    }
  }

  /** Whole numbers name classes too. */
  private static boolean isText(Schema type) {
    return switch (type.getType()) {
      case STRING, ENUM, BOOLEAN -> true;
      case INT, LONG -> type.getLogicalType() == null;
      default -> false;
    };
  }

  private static void checkAllListed(
      SpecNode node, String name, List<String> known, List<String> declared) {
    List<String> unlisted = known.stream().filter(value -> !declared.contains(value)).toList();
    if (!unlisted.isEmpty()) {
      node.error(
          "found "
              + declared
              + ", without "
              + unlisted
              + "; '"
              + name
              + "' can be "
              + String.join(", ", known)
              + ": list them all");
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.NearestName;
import io.meander.features.Nominal;
import io.meander.features.expression.Expression;
import io.meander.models.AnomalyTarget;
import io.meander.models.ClassTarget;
import io.meander.models.NumberTarget;
import io.meander.models.Target;
import io.meander.models.Task;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.LogicalTypes;
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
  private final AnomalyTarget.Learns learns;

  /**
   * @param labelSchemaOrNull of the label records; null if the label is inside the event
   * @param numbered whether events without an id have their row's number
   * @param learns of anomalies what is learned
   */
  LabelReader(
      SpecNode label,
      EventFields eventFields,
      Schema labelSchemaOrNull,
      PipelineSpec.Events events,
      boolean numbered,
      Task task,
      AnomalyTarget.Learns learns) {
    this.label = label;
    this.eventFields = eventFields;
    this.fields = labelSchemaOrNull == null ? eventFields : new EventFields(labelSchemaOrNull);
    this.events = events;
    this.numbered = numbered;
    this.task = task;
    this.learns = learns;
  }

  /**
   * What says the label.
   *
   * @param node the field's or the expression's
   * @param text as it was written
   * @param type of the field, or the type that a field would have which held what it gives
   */
  private record Value(SpecNode node, String text, Schema type) {
    String isOfType() {
      return "'" + text + "' is " + EventFields.name(type);
    }
  }

  /** The label; null if nothing says it, which is an error already. */
  PipelineSpec.Label read() {
    if (task == Task.ANOMALY && !label.isPresent() && !label.problems().unusable(label.path())) {
      return PipelineSpec.Label.none(new AnomalyTarget(AnomalyTarget.CLASSES, learns));
    }
    SpecNode field = label.at("field");
    SpecNode expression = label.at("value");
    if (field.isPresent() && expression.isPresent()) {
      expression.error("label.field names the label already: delete one of the two");
    }
    Optional<Expression> compiled = fields.expression(expression);
    Optional<Value> value =
        expression.isPresent() ? compiled.map(of -> ofExpression(expression, of)) : ofField(field);
    List<String> classes = label.at("classes").texts();
    Double above = label.at("above").isPresent() ? label.at("above").json().doubleValue() : null;
    List<String> outcome = outcome(compiled);
    if (task == Task.REGRESSION) {
      refuse("above", "a regression predicts the number itself: delete it");
      refuse("classes", "a regression predicts a number and has no classes: delete it");
      value.ifPresent(LabelReader::checkNumber);
    } else if (above != null) {
      if (above.isInfinite()) {
        label.at("above").error("found " + label.at("above").json() + "; allowed: a double");
      }
      value.ifPresent(this::checkAbove);
      checkTwo(classes);
    } else if (value.isPresent()) {
      classes = classes(value.get(), classes);
      checkTwoOfAnomaly(classes);
    }
    Target target = target(classes);
    JoinReader join = new JoinReader(label, events);
    PipelineSpec.LabelTopic topic = join.topic(fields, numbered);
    PipelineSpec.KnownAt knownAt = join.knownAt(eventFields);
    PipelineSpec.Waits waits = join.waits(target, topic != null || knownAt != null, topic != null);
    boolean said = field.text().isPresent() || expression.text().isPresent();
    return !said || target == null
        ? null
        : new PipelineSpec.Label(
            expression.isPresent() ? null : field.text().get(),
            expression.text().orElse(null),
            above,
            target,
            outcome,
            topic,
            knownAt,
            waits);
  }

  /** Null if the classes are wrong, which is an error already. */
  private Target target(List<String> classes) {
    return switch (task) {
      case REGRESSION -> new NumberTarget();
      case ANOMALY -> classes.size() == TWO ? new AnomalyTarget(classes, learns) : null;
      default -> classes.size() < TWO ? null : new ClassTarget(classes);
    };
  }

  private Optional<Value> ofField(SpecNode field) {
    return fields.find(field).map(path -> new Value(field, path.toString(), path.type()));
  }

  private static Value ofExpression(SpecNode node, Expression expression) {
    Schema type =
        switch (expression.type()) {
          case NUMBER, DURATION -> Schema.create(Schema.Type.DOUBLE);
          case BOOLEAN -> Schema.create(Schema.Type.BOOLEAN);
          case TEXT -> Schema.create(Schema.Type.STRING);
          case TIME -> LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
        };
    return new Value(node, expression.toString(), type);
  }

  /**
   * The fields known only with the label: those declared or, of an expression over the event, those
   * that it reads, without what is known before: key, id and time.
   */
  private List<String> outcome(Optional<Expression> expression) {
    SpecNode node = label.at("outcome");
    node.items().forEach(eventFields::find);
    boolean inside = label.at("topic").text().isEmpty();
    if (!inside || expression.isEmpty()) {
      return node.texts();
    }
    Set<String> read = Expression.fields(expression.get().toString());
    read.removeAll(events.key());
    events.id().ifPresent(read::remove);
    events.time().ifPresent(time -> read.remove(time.field()));
    if (!node.isPresent()) {
      return List.copyOf(read);
    }
    if (node.texts().stream().noneMatch(read::contains)) {
      node.error(
          "names none of the fields that label.value reads ("
              + String.join(", ", read)
              + "), so features could work the label out: list those of them that are known only"
              + " with the label");
    }
    return node.texts();
  }

  private void refuse(String key, String why) {
    if (label.at(key).isPresent()) {
      label.at(key).error("task is " + task.text() + ", and " + why);
    }
  }

  private static void checkNumber(Value value) {
    if (!EventFields.isNumber(value.type())) {
      value.node().error(value.isOfType() + "; the label of a regression is a number");
    }
  }

  private void checkAbove(Value value) {
    if (!EventFields.isNumber(value.type())) {
      label
          .at("above")
          .error(
              value.isOfType()
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

  private void checkTwoOfAnomaly(List<String> classes) {
    SpecNode node = label.at("classes");
    if (task == Task.ANOMALY && classes.size() > TWO && !node.problems().touch(node.path())) {
      node.error(
          "found "
              + classes.size()
              + " classes; the label of an anomaly has two, first what is normal, then what is an"
              + " anomaly: make two with label.value or label.above");
    }
  }

  private List<String> classes(Value value, List<String> declared) {
    SpecNode node = label.at("classes");
    Schema type = value.type();
    String name = value.text();
    List<String> known = Nominal.values(type).orElse(List.of());
    if (node.problems().touch(node.path())) {
      return declared;
    }
    if (!isText(type)) {
      value
          .node()
          .error(
              value.isOfType()
                  + (EventFields.isNumber(type)
                      ? "; set label.above to make a number into two classes, or task: regression to predict it"
                      : "; a label is a text, an enum, a boolean or a number"));
    } else if (!declared.isEmpty()) {
      if (type.getType() == Schema.Type.STRING) {
        checkSomeSeen(node, name, known, declared);
      } else {
        checkAllListed(node, name, known, declared);
        checkPossible(node, known, name);
      }
    } else if (known.isEmpty()) {
      node.error(
          (value.node().path().endsWith("value")
                  ? "is missing: the expression gives a text"
                  : "is missing: the schema lists no values of '" + name + "'")
              + "; list them here, each quoted");
    } else if (known.size() < TWO) {
      value
          .node()
          .error("'" + name + "' can only be " + known.get(0) + "; allowed: two values or more");
    }
    return declared.isEmpty() ? known : declared;
  }

  /**
   * A string's list is of what a file has shown so far: what is not declared is rejected when it
   * comes, so that one odd row stops nothing.
   */
  private static void checkSomeSeen(
      SpecNode node, String name, List<String> known, List<String> declared) {
    if (!known.isEmpty() && Collections.disjoint(known, declared)) {
      node.error(
          "found "
              + declared
              + ", and '"
              + name
              + "' is none of them: it can be "
              + String.join(", ", known));
    }
  }

  private static void checkPossible(SpecNode classes, List<String> known, String name) {
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

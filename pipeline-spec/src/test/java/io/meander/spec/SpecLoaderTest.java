/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.meander.features.FeatureSchema;
import io.meander.features.Nominal;
import io.meander.models.DriftSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.SlotSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecLoaderTest {

  private static final String SCHEMA =
      """
      {"type": "record", "name": "Payment", "fields": [
        {"name": "id", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "merchant", "type": "string"},
        {"name": "amount", "type": ["null", "double"]},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["CARD", "CASH"]}},
        {"name": "fraud", "type": ["null", "boolean"]},
        {"name": "loss", "type": "int"}]}
      """;

  private static final String SMALLEST =
      """
      name: payments
      events: {schema: payment.avsc, key: [merchant], id: id, time: {field: at}}
      label: {field: fraud, outcome: [loss]}
      slots:
        - {id: nb, learner: bayes.NaiveBayes}
      """;

  @TempDir Path folder;

  @Test
  void readsTheExample() throws SpecException {
    Path example =
        Path.of(System.getProperty("meander.root"), "examples", "flights", "pipeline.yaml");

    PipelineSpec spec = SpecLoader.load(example);

    assertThat(spec.name()).isEqualTo("flight-delays");
    assertThat(spec.label().classes()).containsExactly("no", "yes");
    assertThat(spec.label().aboveOrNull()).isEqualTo(15.0);
    assertThat(spec.champion()).isEqualTo("ht");
    assertThat(spec.drift())
        .isEqualTo(new DriftSpec("ADWINChangeDetector -a 0.002", "ADWINChangeDetector -a 0.02"));
    assertThat(spec.frozen()).contains(new FreezeSpec.At(Instant.parse("2001-02-01T00:00:00Z")));
    assertThat(spec.featureTransform().schema().columns())
        .extracting(FeatureSchema.Column::name)
        .containsExactly(
            "distance_miles", "hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "to");
    assertThat(spec.topics().predictions()).isEqualTo("flight-delays-predictions");
    assertThat(spec.evaluation().slices()).containsExactly(List.of("destination"));
  }

  @Test
  void fillsInTheDefaults() throws SpecException {
    PipelineSpec spec = parse(SMALLEST);

    assertThat(spec.events().topic()).isEqualTo("payments");
    assertThat(spec.events().timeOrNull().outOfOrderness()).isEqualTo(Duration.ofSeconds(5));
    assertThat(spec.events().timeOrNull().idleAfter()).isEqualTo(Duration.ofMinutes(1));
    assertThat(spec.label().classes()).containsExactly("false", "true");
    assertThat(spec.features()).extracting(f -> f.name()).containsExactly("amount", "kind");
    assertThat(spec.slots()).containsExactly(new SlotSpec("nb", "bayes.NaiveBayes", 1));
    assertThat(spec.champion()).isEqualTo("nb");
    assertThat(spec.drift()).isEqualTo(DriftSpec.DEFAULT);
    assertThat(spec.frozen()).isEmpty();
    assertThat(spec.snapshots())
        .isEqualTo(new PipelineSpec.Snapshots(1000, Duration.ofSeconds(30), true));
    assertThat(spec.evaluation().window()).isEqualTo(1000);
    assertThat(spec.delivery()).isEqualTo(PipelineSpec.Delivery.AT_LEAST_ONCE);
    assertThat(spec.topics())
        .isEqualTo(
            new PipelineSpec.Topics(
                "payments-predictions",
                "payments-drift",
                "payments-evaluations",
                "payments-snapshots",
                "payments-rejects",
                "payments-control",
                "payments-control-acks"));
  }

  @Test
  void takesTheSchemaOfADataFile() throws SpecException {
    Schema.Field day = new Schema.Field("day", Schema.create(Schema.Type.STRING));
    day.addProp(Nominal.PROPERTY, List.of("1", "2"));
    Schema.Field label = new Schema.Field("class", Schema.create(Schema.Type.STRING));
    label.addProp(Nominal.PROPERTY, List.of("UP", "DOWN"));
    Schema arff = Schema.createRecord("Row", null, null, false, List.of(day, label));
    String yaml =
        """
        name: electricity
        events: {key: [day]}
        label: {field: class}
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        """;

    PipelineSpec spec =
        SpecLoader.parse(yaml, SpecLoaderTest::noFile, FileSchema.of(arff, FileKind.ARFF));

    assertThat(spec.label().classes()).containsExactly("UP", "DOWN");
    assertThat(spec.features()).extracting(f -> f.name()).containsExactly("day");
  }

  @Test
  void isSerialisable() throws Exception {
    PipelineSpec spec = parse(SMALLEST + "frozen: {after: {instances: 5}}\n");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(spec);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(spec);
    }
  }

  @Test
  void namesTheNearestKeyAtAnyDepth() {
    assertErrors(
        SMALLEST.replace("learner:", "lerner:") + "snapshot: {}\n",
        "slots[0].lerner: unknown key; did you mean 'learner'? (allowed here: id, learner, seed)",
        "slots[0]: 'learner' is missing: MOA's option string, with or without the moa.classifiers."
            + " prefix.",
        "snapshot: unknown key; did you mean 'snapshots'? (allowed here: name, task, events, label,"
            + " features, key-as-feature, missing, slots, serve, drift, frozen, snapshots,"
            + " evaluation, predictions, rejects, control)");
  }

  @Test
  void saysWhatKindWasFoundAndWhatIsAllowed() {
    assertErrors(
        SMALLEST.replace("[merchant]", "merchant"),
        "events.key: found text 'merchant'; allowed: a list");
    assertErrors(
        SMALLEST + "evaluation: {window: many}\n",
        "evaluation.window: found text 'many'; allowed: a whole number");
    assertErrors(
        SMALLEST + "evaluation: {window: 0}\n", "evaluation.window: found 0; allowed: 1 or more");
    assertErrors(
        SMALLEST + "frozen: {after: soon}\n",
        "frozen.after: found 'soon'; allowed: a duration such as 100ms, 30s, 5m, 24h or 7d");
    assertErrors(
        SMALLEST + "frozen: {at: yesterday}\n",
        "frozen.at: found 'yesterday'; allowed: an instant with its offset such as"
            + " 2001-02-01T00:00:00Z");
    assertErrors(
        SMALLEST + "task: regression\n", "task: found 'regression'; allowed: classification");
    assertErrors(
        SMALLEST.replace("name: payments", "name: pay ments"),
        "name: found 'pay ments'; allowed: letters, digits, '.', '_' and '-', as in a Kafka topic's"
            + " name");
    assertErrors(
        SMALLEST.replace("time: {field: at}", "time: {field: at, zone: Europe/Pariss}"),
        "events.time.zone: there is no time zone 'Europe/Pariss'; did you mean 'Europe/Paris'?"
            + " (such as UTC or America/New_York)");
  }

  @Test
  void explainsABareNo() {
    assertErrors(
        SMALLEST.replace("{field: fraud,", "{field: loss, above: 3, classes: [no, yes],"),
        "label.classes[0]: found the value false; allowed: text. YAML reads a bare no, yes, on or"
            + " off as false or true: put it in quotes, \"no\"",
        "label.classes[1]: found the value true; allowed: text. YAML reads a bare no, yes, on or"
            + " off as false or true: put it in quotes, \"yes\"");
    assertErrors(
        SMALLEST.replace("{field: fraud,", "{field: kind, classes: [0, 1],"),
        "label.classes[0]: found the number 0; allowed: text: put it in quotes, \"0\"",
        "label.classes[1]: found the number 1; allowed: text: put it in quotes, \"1\"");
  }

  @Test
  void checksFieldsAgainstTheSchema() {
    String known = " (Payment has id, at, merchant, amount, kind, fraud, loss)";
    assertErrors(
        SMALLEST
            .replace("[merchant]", "[mercant]")
            .replace("id: id,", "id: idd,")
            .replace("field: fraud", "field: fruad")
            .replace("[loss]", "[los]"),
        "events.key[0]: unknown field 'mercant'; did you mean 'merchant'?" + known,
        "events.id: unknown field 'idd'; did you mean 'id'?" + known,
        "label.outcome[0]: unknown field 'los'; did you mean 'loss'?" + known,
        "label.field: unknown field 'fruad'; did you mean 'fraud'?" + known);
    assertErrors(
        SMALLEST + "features: [amuont]\n",
        "features[0]: unknown field 'amuont'; did you mean 'amount'?" + known);
    assertErrors(
        SMALLEST + "evaluation: {slices: [[kind, knid]]}\n",
        "evaluation.slices[0][1]: unknown field 'knid'; did you mean 'kind'?" + known);
    assertErrors(
        SMALLEST.replace("field: at", "field: kind"),
        "events.time: 'kind' is an enum, which holds no time; a timestamp, a date, a long of"
            + " milliseconds or text does");
  }

  @Test
  void refusesAFeatureThatGivesTheAnswerAway() {
    assertErrors(
        SMALLEST + "features: [amount, loss, fraud]\n",
        "features[1]: 'loss' is known only with the label: as a feature it would give the answer"
            + " away; leave it out",
        "features[2]: 'fraud' is known only with the label: as a feature it would give the answer"
            + " away; leave it out");
  }

  @Test
  void checksTheFormsOfFeatures() {
    assertErrors(
        SMALLEST
            + """
            features:
              - {name: m, hashed: merchant}
              - {name: k, nominal: kind, values: [CARD], buckets: 3}
              - {name: x}
            """,
        "features[0]: 'buckets' is missing",
        "features[1].buckets: does not go with nominal; allowed: [values, unknown, nominal,"
            + " name]",
        "features[2]: found none; allowed: one of [nominal, hashed, cyclic]");
    assertErrors(
        SMALLEST + "features: [merchant]\n",
        "features[0]: 'merchant' is a string, which is no feature as it is; declare it as nominal"
            + " with its values or as hashed, or leave it out with all-but");
    assertErrors(
        SMALLEST + "features: {all-but: [kinds]}\n",
        "features.all-but[0]: unknown field 'kinds'; did you mean 'kind'?");
  }

  @Test
  void checksLearnersAndDetectorsWithMoa() {
    SpecException e =
        errors(
            SMALLEST.replace("bayes.NaiveBayes", "bayes.NaiveBaies")
                + "drift: {detector: ADWIN, warning: DDM -x}\n");

    assertThat(e.errors())
        .extracting(SpecError::path)
        .containsExactly("slots[0].learner", "drift.detector", "drift.warning");
    assertThat(e.errors().get(0).message())
        .isEqualTo("'bayes.NaiveBaies' is not a MOA classifier; did you mean 'bayes.NaiveBayes'?");
    assertThat(e.errors().get(1).message()).startsWith("'ADWIN' is not a MOA drift detector");
    assertThat(e.errors().get(2).message()).contains("MOA refuses 'DDM -x'");
  }

  @Test
  void checksSlotsAndChampion() {
    assertErrors(
        SMALLEST
            + """
              - {id: nb, learner: bayes.NaiveBayes}
              - {id: frozen, learner: bayes.NaiveBayes}
            """,
        "slots[1].id: there is another slot 'nb'; ids are unique",
        "slots[2].id: 'frozen' is taken: results use served, frozen, no_change, majority for what is"
            + " not a slot; choose another id",
        "serve.champion: is missing: of several slots one serves; allowed: [nb, nb, frozen]");
    assertErrors(
        SMALLEST + "serve: {champion: mb}\n",
        "serve.champion: there is no slot 'mb'; did you mean 'nb'? (slots: nb)");
  }

  @Test
  void checksTheClassList() {
    assertErrors(
        SMALLEST.replace("{field: fraud,", "{field: merchant, classes: [\"a\", \"b\"], above: 3,"),
        "label.above: 'merchant' is a string; only a number can be above another");
    assertErrors(
        SMALLEST.replace("{field: fraud,", "{field: amount, above: 3,"),
        "label.classes: found 0 classes; with label.above there are two, first that of numbers not"
            + " above it");
    assertErrors(
        SMALLEST.replace("{field: fraud,", "{field: merchant,"),
        "label.classes: is missing: 'merchant' has no value list of its own, so name the classes, or"
            + " set label.above for a number");
    assertErrors(
        SMALLEST.replace("{field: fraud,", "{field: kind, classes: [\"CARD\", \"WIRE\"],"),
        "label.classes: lacks 'CASH', which 'kind' can be (CARD, CASH)");
  }

  @Test
  void refusesOneTopicForTwoUses() {
    assertErrors(
        SMALLEST + "rejects: {topic: payments}\n",
        "rejects.topic: 'payments' is also events.topic; each topic has one use");
  }

  @Test
  void saysWhatIsWrongWithTheFile() throws Exception {
    assertErrors("", "the spec: is empty; it needs name, events, label and slots");
    assertErrors(
        "# only a comment\n", "the spec: is empty; it needs name, events, label and slots");
    assertErrors("hello", "the spec: found text 'hello'; allowed: a section");
    assertErrors(
        SMALLEST + "name: payments\n",
        "name: this key is there twice, in line 1 and line 6; keep one");
    assertThat(errors("name: [a\n").getMessage()).startsWith("line 2, column 1: not valid YAML: ");
    SpecException missing =
        catchThrowableOfType(
            SpecException.class, () -> SpecLoader.load(folder.resolve("none.yaml")));
    assertThat(missing.getMessage()).endsWith("none.yaml: there is no such file");
    SpecException directory =
        catchThrowableOfType(SpecException.class, () -> SpecLoader.load(folder));
    assertThat(directory.getMessage()).endsWith("is a directory, not a spec");
  }

  @Test
  void saysWhatIsWrongWithTheSchemaFile() {
    assertErrors(
        SMALLEST.replace("payment.avsc", "other.avsc"),
        "events.schema: there is no file 'other.avsc' beside the spec");
    assertErrors(
        SMALLEST.replace("schema: payment.avsc, ", ""),
        "events.schema: is missing: name the events' Avro schema (.avsc), relative to this file;"
            + " only a data file given with --events brings its own");
    assertThat(errors(SMALLEST.replace("payment.avsc", "broken.avsc")).getMessage())
        .startsWith("events.schema: 'broken.avsc' is not an Avro schema: ");
    assertErrors(
        SMALLEST.replace("payment.avsc", "string.avsc"),
        "events.schema: 'string.avsc' is of type string; allowed: a record");
  }

  private static void assertErrors(String yaml, String... expected) {
    assertThat(errors(yaml).errors()).extracting(SpecError::toString).containsExactly(expected);
  }

  private static SpecException errors(String yaml) {
    SpecException e = catchThrowableOfType(SpecException.class, () -> parse(yaml));
    assertThat(e).as(yaml).isNotNull();
    return e;
  }

  private static PipelineSpec parse(String yaml) throws SpecException {
    return SpecLoader.parse(
        yaml,
        path ->
            switch (path) {
              case "payment.avsc" -> SCHEMA;
              case "broken.avsc" -> "{\"type\": \"rec";
              case "string.avsc" -> "\"string\"";
              default -> noFile(path);
            });
  }

  private static String noFile(String path) throws NoSuchFileException {
    throw new NoSuchFileException(path);
  }
}

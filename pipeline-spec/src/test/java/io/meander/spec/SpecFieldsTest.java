/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.KNOWN;
import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.errors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.meander.features.FeatureSpec;
import io.meander.features.MissingPolicy;
import io.meander.features.Nominal;
import io.meander.features.history.HistoryForm;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** Checks of what a spec says about the events' fields. */
class SpecFieldsTest {

  @Test
  void namesTheNearestField() {
    assertErrors(
        SPEC.replace("[merchant]", "[mercant]")
            .replace("id: id,", "id: idd,")
            .replace("field: at", "field: att")
            .replace("field: fraud", "field: fruad")
            .replace("[loss]", "[los]"),
        "events.key[0]: unknown field 'mercant'; did you mean 'merchant'?" + KNOWN,
        "events.id: unknown field 'idd'; did you mean 'id'?" + KNOWN,
        "events.time.field: unknown field 'att'; did you mean 'at'?" + KNOWN,
        "label.field: unknown field 'fruad'; did you mean 'fraud'?" + KNOWN,
        "label.outcome[0]: unknown field 'los'; did you mean 'loss'?" + KNOWN);
    assertErrors(
        SPEC + "evaluation: {slices: [[kind, mercant]]}\n",
        "evaluation.slices[0][1]: unknown field 'mercant'; did you mean 'merchant'?" + KNOWN);
    assertErrors(
        SPEC + "features: [amuont, {hashed: mercant, buckets: 8}]\n",
        "features[0]: unknown field 'amuont'; did you mean 'amount'?" + KNOWN,
        "features[1].hashed: unknown field 'mercant'; did you mean 'merchant'?" + KNOWN);
    assertErrors(
        SPEC + "features: {all-but: [kinds]}\n",
        "features.all-but[0]: unknown field 'kinds'; did you mean 'kind'?" + KNOWN);
  }

  @Test
  void refusesKeysThatAreNoSingleValue() {
    String schema =
        """
        {"type": "record", "name": "Payment", "fields": [
          {"name": "tags", "type": {"type": "array", "items": "string"}},
          {"name": "kind", "type": "boolean"}]}
        """;
    String yaml =
        """
        name: p
        events: {schema: s, key: [tags]}
        label: {field: kind}
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        features: [kind]
        """;

    SpecException e =
        catchThrowableOfType(SpecException.class, () -> SpecLoader.parse(yaml, path -> schema));

    assertThat(e.errors())
        .extracting(SpecError::toString)
        .containsExactly(
            "events.key[0]: 'tags' is an array; allowed: a field that holds a number, a text, an"
                + " enum or a boolean",
            "features[0]: 'kind' is known only with the label: as a feature it would give the"
                + " answer away; delete it here");
  }

  @Test
  void checksTheTime() {
    assertErrors(
        SPEC.replace("field: at", "field: kind"),
        "events.time.field: 'kind' is an enum, which holds no time; a timestamp, a date, a long of"
            + " milliseconds or text does");
    assertErrors(
        SPEC.replace("field: at", "field: merchant, format: yyyy-bb, zone: Europe/Pariss"),
        "events.time.zone: there is no time zone 'Europe/Pariss'; did you mean 'Europe/Paris'?"
            + " (such as UTC or America/New_York)",
        "events.time.format: 'yyyy-bb' is not a date-time pattern: Unknown pattern letter: b");
  }

  @Test
  void refusesAFeatureThatGivesTheAnswerAway() {
    String leak =
        " is known only with the label: as a feature it would give the answer away; delete it here";
    assertErrors(
        SPEC + "features: [amount, loss, {nominal: fraud, values: ['true']}]\n",
        "features[1]: 'loss'" + leak,
        "features[2].nominal: 'fraud'" + leak);
  }

  @Test
  void refusesAPartOfAnOutcomeAsAFeature() {
    String schema =
        """
        {"type": "record", "name": "Flight", "fields": [
          {"name": "miles", "type": "int"},
          {"name": "landing_miles", "type": "int"},
          {"name": "landing", "type": {"type": "record", "name": "Landing", "fields": [
            {"name": "delay", "type": "int"},
            {"name": "fuel", "type": {"type": "map", "values": "int"}}]}}]}
        """;
    String yaml =
        """
        name: p
        events: {schema: s}
        label: {field: landing.delay, above: 15, classes: ["no", "yes"], outcome: [landing]}
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        features: [miles, landing_miles, landing.delay, "landing.fuel['a']"]
        """;
    String leak =
        " is known only with the label: as a feature it would give the answer away; delete it here";

    SpecException e =
        catchThrowableOfType(SpecException.class, () -> SpecLoader.parse(yaml, path -> schema));

    assertThat(e.errors())
        .extracting(SpecError::toString)
        .containsExactly(
            "features[2]: 'landing.delay'" + leak, "features[3]: 'landing.fuel['a']'" + leak);
  }

  @Test
  void refusesAKeyThatComesWithTheLabel() {
    String late =
        " is known only with the label, so it cannot choose the models that answer before; delete"
            + " it here";
    assertErrors(
        SPEC.replace("[merchant]", "[merchant, loss, fraud]") + "features: [amount]\n",
        "events.key[1]: 'loss'" + late,
        "events.key[2]: 'fraud'" + late);
  }

  @Test
  void checksThatFeaturesFitTheirFields() {
    assertErrors(
        SPEC
            + """
            features:
              - merchant
              - {name: hour, cyclic: amount, period: 1d}
              - {cyclic: at, period: 1d, zone: utc/nowhere}
            """,
        "features[0]: 'merchant' is a string, which is no feature as it is; declare it as nominal"
            + " with its values or as hashed, or leave it out with all-but",
        "features[1]: 'amount' is a double, which holds no time; a timestamp, a date, a long of"
            + " milliseconds or text does",
        "features[2].zone: there is no time zone 'utc/nowhere' (such as UTC or America/New_York)");
    assertErrors(
        SPEC + "features: [amount, kind, amount]\n",
        "features[2]: there are two columns named 'amount': name one otherwise");
  }

  @Test
  void takesEveryOtherFieldAsAFeatureUnlessTold() throws SpecException {
    assertThat(parse(SPEC).features())
        .containsExactly(
            new FeatureSpec.Plain("amount", "amount"), new FeatureSpec.Plain("kind", "kind"));
    assertThat(parse(SPEC + "features: {all-but: [kind]}\n").features())
        .containsExactly(new FeatureSpec.Plain("amount", "amount"));
    assertThat(parse(SPEC.replace("[merchant]", "[kind, merchant]")).features())
        .containsExactly(new FeatureSpec.Plain("amount", "amount"));
    assertThat(
            parse(
                    SPEC.replace("[merchant]", "[kind]")
                        + "key-as-feature: true\nfeatures: {all-but: [merchant]}\n")
                .features())
        .containsExactly(
            new FeatureSpec.Plain("amount", "amount"), new FeatureSpec.Plain("kind", "kind"));
  }

  @Test
  void saysWhichFieldsCannotBeFeaturesAsTheyAre() {
    assertErrors(
        SPEC + "key-as-feature: true\n",
        "features: left out, so every other field is a feature as it is; 'merchant' is a string,"
            + " which is no feature as it is; declare it as nominal with its values or as hashed,"
            + " or leave it out with all-but");
    assertErrors(
        SPEC + "features: {all-but: [amount, kind]}\n",
        "features: no feature is left to learn from");
  }

  @Test
  void readsEveryFormOfAFeature() throws SpecException {
    PipelineSpec spec =
        parse(
            SPEC
                + """
                features:
                  - {name: who, nominal: merchant, values: ["a", "b"], unknown: other}
                  - {name: h, hashed: merchant, buckets: 4, as: columns}
                  - {cyclic: at, period: 7d, zone: Europe/Paris}
                """);

    assertThat(spec.features())
        .containsExactly(
            new FeatureSpec.Nominal("who", "merchant", List.of("a", "b"), "other"),
            new FeatureSpec.Hashed("h", "merchant", 4, FeatureSpec.Hashed.Form.COLUMNS),
            new FeatureSpec.Cyclic("at", "at", Duration.ofDays(7), ZoneId.of("Europe/Paris")));
    assertThat(spec.featureTransform().schema().columns())
        .extracting(column -> column.name())
        .containsExactly("who", "h_0", "h_1", "h_2", "h_3", "at_sin", "at_cos");
  }

  @Test
  void readsTheFormsThatWorkNumbersOut() throws SpecException {
    PipelineSpec spec =
        parse(
            SPEC
                + """
                features:
                  - {name: big, value: "amount > 100 && kind == 'CARD'"}
                  - {name: words, value: "lowerCase(merchant)", values: ["a", "b"], unknown: other}
                  - {log: amount, plus: 1, name: l}
                  - {clipped: amount, min: 0, name: c}
                  - {bucketized: amount, boundaries: [10, 20.5], name: b}
                  - {name: x, crossed: [merchant, kind], buckets: 8}
                  - {calendar: at, part: weekday, zone: Europe/Paris, name: day}
                  - {ngrams: merchant, unit: words, n: 1, buckets: 2, name: g}
                  - {hashed: merchant, buckets: 2, as: signed, name: s}
                  - {field: amount, missing: zero, flag-missing: true}
                  - {field: amount, name: a, missing: -1.5}
                  - {lag: amount, name: before, missing: mean, flag-missing: true}
                """);

    FeatureSpec amount = new FeatureSpec.Plain("amount", "amount");
    assertThat(spec.features())
        .containsExactly(
            new FeatureSpec.Value("big", "amount > 100 && kind == 'CARD'", List.of(), null),
            new FeatureSpec.Value("words", "lowerCase(merchant)", List.of("a", "b"), "other"),
            new FeatureSpec.Log("l", "amount", 1),
            new FeatureSpec.Clipped("c", "amount", 0, Double.MAX_VALUE),
            new FeatureSpec.Bucketized("b", "amount", List.of(10.0, 20.5)),
            new FeatureSpec.Crossed("x", List.of("merchant", "kind"), 8),
            new FeatureSpec.Calendar(
                "day", "at", FeatureSpec.Calendar.Part.WEEKDAY, ZoneId.of("Europe/Paris")),
            new FeatureSpec.Ngrams("g", "merchant", FeatureSpec.Ngrams.Unit.WORDS, 1, 2),
            new FeatureSpec.Hashed("s", "merchant", 2, FeatureSpec.Hashed.Form.SIGNED),
            new FeatureSpec.Imputed(amount, MissingPolicy.ZERO, Double.NaN, true),
            new FeatureSpec.Imputed(new FeatureSpec.Plain("a", "amount"), null, -1.5, false),
            new FeatureSpec.Imputed(
                new FeatureSpec.Remembered(
                    "before",
                    "amount",
                    false,
                    FeatureSpec.Range.ALL,
                    null,
                    new HistoryForm.Lag(1, false)),
                MissingPolicy.MEAN,
                Double.NaN,
                true));
    assertThat(spec.featureTransform().schema().columns())
        .extracting(column -> column.name())
        .containsExactly(
            "big",
            "words",
            "l",
            "c",
            "b",
            "x",
            "day",
            "g_0",
            "g_1",
            "s_0",
            "s_1",
            "amount",
            "amount_missing",
            "a",
            "before",
            "before_missing");
  }

  @Test
  void saysWhichPlacesHaveNoCell() throws SpecException {
    assertThat(
            parse(SPEC + "features: [{name: c, geo: [amount, amount], level: 7, buckets: 9}]\n")
                .features())
        .containsExactly(new FeatureSpec.GeoCell("c", List.of("amount", "amount"), 7, 9));
    assertErrors(
        SPEC
            + """
            features:
              - {name: a, geo: [amount, amuont], level: 7, buckets: 9}
              - {name: b, geo: [amount, loss], level: 7, buckets: 9}
              - {name: c, geo: [amount, merchant], level: 7, buckets: 9}
            """,
        "features[0].geo[1]: unknown field 'amuont'; did you mean 'amount'?" + KNOWN,
        "features[1].geo[1]: 'loss' is known only with the label: as a feature it would give the"
            + " answer away; delete it here",
        "features[2]: 'merchant' is a string, and a coordinate is a number");
    assertErrors(
        SPEC + "features: [{name: c, geo: [amount], level: 31, buckets: 9}]\n",
        "features[0].geo: found only [\"amount\"]; allowed: at least 2 of them",
        "features[0].level: found 31; allowed: 30 or less");
  }

  @Test
  void saysWhereAnExpressionIsWrong() {
    assertErrors(
        SPEC
            + """
            features:
              - {name: a, value: "amount +"}
              - {name: b, value: "amount + amuont"}
              - {name: c, value: "amount + merchant"}
              - {name: d, value: "loss * 2"}
              - {name: e, value: "merchant"}
              - {name: f, crossed: [merchant, loss], buckets: 4}
              - {name: g, value: "amount", missing: some}
            """,
        "features[6].missing: found 'some'; allowed: keep, mean, last, zero or a number",
        "features[0].value: character 9: is not of the syntax: mismatched input '<EOF>' expecting"
            + " {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT,"
            + " NUM_UINT, STRING, BYTES, IDENTIFIER}",
        "features[1].value: unknown field 'amuont'; did you mean 'amount'?" + KNOWN,
        "features[2].value: character 8: '+' does not go between a number and a text; number(text)"
            + " makes a number of a text",
        "features[3].value: 'loss' is known only with the label: as a feature it would give the"
            + " answer away; delete it here",
        "features[4].value: the expression gives a text: list what it can be in values",
        "features[5].crossed[1]: 'loss' is known only with the label: as a feature it would give the"
            + " answer away; delete it here");
  }

  @Test
  void checksTheClasses() {
    assertErrors(
        SPEC.replace("[merchant]", "[kind]")
            .replace("{field: fraud,", "{field: merchant, classes: [a, b], above: 3,"),
        "label.above: 'merchant' is a string; only a number can be above another: delete above, or"
            + " label by a number");
    String two =
        "; label.above makes two: first that of numbers not above it, then that of numbers above"
            + " it, such as [\"no\", \"yes\"]";
    assertErrors(
        SPEC.replace("{field: fraud,", "{field: amount, above: 3,"),
        "label.classes: is missing" + two);
    assertErrors(
        SPEC.replace("{field: fraud,", "{field: amount, above: 3, classes: [a, b, c],"),
        "label.classes: found 3 classes" + two);
    assertErrors(
        SPEC.replace("[merchant]", "[kind]").replace("{field: fraud,", "{field: merchant,"),
        "label.classes: is missing: the schema lists no values of 'merchant'; list them here, each"
            + " quoted");
    assertErrors(
        SPEC.replace("{field: fraud,", "{field: amount, classes: [a, b],"),
        "label.field: 'amount' is a double; set label.above to make a number into two classes, or"
            + " task: regression to predict it");
    assertErrors(
        SPEC.replace("{field: fraud,", "{field: at, classes: [a, b],"),
        "label.field: 'at' is a timestamp-millis; a label is a text, an enum, a boolean or a"
            + " number");
    assertErrors(
        SPEC.replace("{field: fraud,", "{field: kind, classes: [CARD, WIRE],"),
        "label.classes: found [CARD, WIRE], without [CASH]; 'kind' can be CARD, CASH: list them"
            + " all",
        "label.classes[1]: 'kind' is never 'WIRE' (it can be CARD, CASH)");
    assertErrors(
        SPEC.replace("{field: fraud,", "{field: kind, classes: [CARD, CASH, CARDS],"),
        "label.classes[2]: 'kind' is never 'CARDS'; did you mean 'CARD'? (it can be CARD, CASH)");
    assertErrors(
        SPEC.replace("{field: fraud,", "{field: amount, classes: [a, b], above: 1e999,"),
        "label.above: found 1E+999; allowed: a double");
  }

  @Test
  void takesTheClassesOfTheSchema() throws SpecException {
    assertThat(parse(SPEC.replace("field: fraud", "field: kind")).label().classes())
        .containsExactly("CARD", "CASH");
    assertThat(
            parse(SPEC.replace("{field: fraud,", "{field: kind, classes: [CASH, CARD],"))
                .label()
                .classes())
        .containsExactly("CASH", "CARD");
  }

  @Test
  void saysWhatIsWrongWithTheSchemaFile() {
    assertErrors(
        SPEC.replace("payment.avsc", "other.avsc"),
        "events.schema: there is no file 'other.avsc'; its path is relative to the spec");
    assertErrors(
        SPEC.replace("schema: payment.avsc, ", ""),
        "events.schema: is missing: name the events' Avro schema (.avsc), relative to this file;"
            + " only a data file given with --events brings its own");
    assertThat(errors(SPEC.replace("payment.avsc", "broken.avsc")).getMessage())
        .startsWith("events.schema: 'broken.avsc' is not an Avro schema: ");
    assertThat(errors(SPEC.replace("payment.avsc", "typo.avsc")).getMessage())
        .startsWith("events.schema: 'typo.avsc' is not an Avro schema: ");
    assertErrors(
        SPEC.replace("payment.avsc", "string.avsc"),
        "events.schema: 'string.avsc' is a string; allowed: an Avro record");
  }

  @Test
  void aTextThatAFileHasShownNeedNotBeAClassButOneMustBe() throws SpecException {
    Schema.Field label = new Schema.Field("y", Schema.create(Schema.Type.STRING));
    label.addProp(Nominal.PROPERTY, List.of("no", "maybe", "yes"));
    Schema row =
        Schema.createRecord(
            "Row",
            null,
            null,
            false,
            List.of(label, new Schema.Field("x", Schema.create(Schema.Type.DOUBLE))));
    String yaml =
        """
        name: odd
        label: {field: y, classes: ["no", "yes"]}
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        """;
    FileSchema csv = FileSchema.of(row, FileKind.CSV);

    PipelineSpec spec = SpecLoader.parse(yaml, Payments::file, csv);

    assertThat(spec.label().classes()).containsExactly("no", "yes");
    assertThat(spec.warnings())
        .extracting(SpecError::toString)
        .containsExactly(
            "label.classes: lacks maybe, which 'y' can be: records with it are rejected as"
                + " unknown-class");
    assertThatThrownBy(
            () ->
                SpecLoader.parse(
                    yaml.replace("\"no\", \"yes\"", "\"on\", \"off\""), Payments::file, csv))
        .hasMessageContaining("'y' is none of them: it can be no, maybe, yes");
  }
}

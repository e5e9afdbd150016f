/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Labels that come after their events. */
class SpecLabelsTest {

  private static final String CHARGES =
      "label: {topic: charges, schema: charge.avsc, key: [shop], id: payment, field: verdict,"
          + " time: {field: came}}";

  @Test
  void aJobThatCannotHonourKnownAtSaysSo() throws SpecException {
    PipelineSpec later = parse(SPEC.replace("label: {", "label: {known-at: {after: 3h}, "));

    assertThat(parse(SPEC).liveWarnings()).isEmpty();
    assertThat(later.liveWarnings()).hasSize(1);
    assertThat(later.liveWarnings().get(0).path()).isEqualTo("label.known-at");
    assertThat(later.liveWarnings().get(0).message())
        .contains("backtest only", "label.topic", "replay", "--labels");
  }

  @Test
  void readsLabelsOnATopicOfTheirOwn() throws SpecException {
    PipelineSpec.Label label = parse(with(CHARGES)).label();

    PipelineSpec.LabelTopic topic = label.topic().orElseThrow();
    assertThat(topic.topic()).isEqualTo("charges");
    assertThat(topic.key()).containsExactly("shop");
    assertThat(topic.id()).isEqualTo("payment");
    assertThat(topic.timeOrNull().field()).isEqualTo("came");
    assertThat(topic.resolveById()).isFalse();
    assertThat(label.classes()).containsExactly("ok", "bad");
    assertThat(label.waits())
        .isEqualTo(
            new PipelineSpec.Waits(Duration.ofHours(24), null, false, false, 100_000, 10_000_000));
  }

  @Test
  void readsWhatEndsAWait() throws SpecException {
    PipelineSpec.Waits waits =
        parse(
                with(
                    charges(
                        "wait: 30m, otherwise: ok, late-positives: train, corrections: train,"
                            + " max-waiting-per-key: 10, max-waiting: 100")))
            .label()
            .waits();

    assertThat(waits)
        .isEqualTo(new PipelineSpec.Waits(Duration.ofMinutes(30), 0.0, true, true, 10, 100));
  }

  @Test
  void theEventsOwnFieldsArePlainFeaturesThen() throws SpecException {
    assertThat(parse(with(CHARGES)).featureTransform().schema().columns())
        .extracting(column -> column.name())
        .containsExactly("amount", "kind", "fraud", "loss");
  }

  @Test
  void readsWhenALabelInsideIsKnown() throws SpecException {
    assertThat(parse(inside("known-at: {after: 30m}")).label().knownAt())
        .contains(new PipelineSpec.KnownAt(null, Duration.ofMinutes(30), null));
    PipelineSpec.Label label = parse(inside("known-at: {field: at}")).label();
    assertThat(label.knownAt()).contains(new PipelineSpec.KnownAt("at", null, null));
    assertThat(label.waits().waitOrNull()).isNull();
  }

  @Test
  void readsALabelThatAnExpressionGives() throws SpecException {
    PipelineSpec.Label truth = parse(valued("loss > 10 && kind == 'CARD'", "")).label();
    assertThat(truth.fieldOrNull()).isNull();
    assertThat(truth.text()).isEqualTo("loss > 10 && kind == 'CARD'");
    assertThat(truth.classes()).containsExactly("false", "true");
    assertThat(truth.outcome()).containsExactly("loss", "kind");

    PipelineSpec.Label named =
        parse(valued("loss > 10 && kind == 'CARD'", ", outcome: [loss]")).label();
    assertThat(named.outcome()).containsExactly("loss");
    assertThat(named.gives("kind")).isFalse();

    PipelineSpec.Label above =
        parse(valued("loss / amount", ", above: 0.5, classes: [small, large]")).label();
    assertThat(above.classes()).containsExactly("small", "large");
  }

  @Test
  void whatALabelIsMadeOfIsNoFeature() throws SpecException {
    PipelineSpec spec = parse(valued("loss > 10 && at > timestamp(0)", ""));
    assertThat(spec.featureTransform().schema().columns())
        .extracting(io.meander.features.FeatureSchema.Column::name)
        .containsExactly("amount", "kind", "fraud");

    assertErrors(
        valued("loss > 10", "") + "features: [amount, loss]\n",
        "features[1]: 'loss' is known only with the label: as a feature it would give the answer"
            + " away; delete it here");
    assertErrors(
        valued("loss > 10", ", outcome: [kind]"),
        "label.outcome: names none of the fields that label.value reads (loss), so features could"
            + " work the label out: list those of them that are known only with the label");
  }

  @Test
  void saysWhatIsWrongWithALabelsExpression() {
    assertErrors(
        valued("los > 10", ""),
        "label.value: character 1: unknown field 'los'; did you mean 'loss'?" + Payments.KNOWN);
    assertErrors(
        valued("loss", ""),
        "label.value: 'loss' is a double; set label.above to make a number into two classes, or"
            + " task: regression to predict it");
    assertErrors(
        valued("lowerCase(merchant)", ""),
        "label.classes: is missing: the expression gives a text; list them here, each quoted");
    assertErrors(
        valued("loss > 10", ", field: fraud"),
        "label.value: label.field names the label already: delete one of the two");
  }

  @Test
  void readsAnExpressionOfWhenALabelIsKnown() throws SpecException {
    String known = "at + duration('30m') + duration('1m') * (amount / 8)";
    assertThat(parse(inside("known-at: {value: \"" + known + "\"}")).label().knownAt())
        .contains(new PipelineSpec.KnownAt(null, null, known));
    assertErrors(
        inside("known-at: {value: amount + 1}"),
        "label.known-at.value: the expression gives a number, and a label is known at a time, such"
            + " as departure + duration('30m')");
    assertErrors(
        inside("known-at: {value: \"att + duration('30m')\"}"),
        "label.known-at.value: character 1: unknown field 'att'; did you mean 'at'?"
            + Payments.KNOWN);
  }

  private static String valued(String expression, String more) {
    return SPEC.replaceFirst("label: .*", "label: {value: \"" + expression + "\"" + more + "}");
  }

  @Test
  void namesTheFieldsThatALabelRecordLacks() {
    assertErrors(
        with("label: {topic: charges, schema: charge.avsc, field: verdict}"),
        "label.key: is missing, and the label records have no field 'merchant'; name the label"
            + " records' fields of the key here, or set resolve: by-id",
        "label.id: is missing, and the label records have no field 'id'; name the label records'"
            + " field of the event's id");
    assertErrors(
        with(CHARGES.replace("key: [shop]", "key: [shop, payment]")),
        "label.key: found 2 fields; events.key has 1 (merchant): name as many, in that order");
    assertErrors(
        with(CHARGES.replace("came", "cane")),
        "label.time.field: unknown field 'cane'; did you mean 'came'? (Charge has payment, shop,"
            + " came, verdict)");
  }

  @Test
  void aLabelFoundByIdNeedsNoKey() throws SpecException {
    PipelineSpec.LabelTopic topic =
        parse(with(CHARGES.replace("key: [shop]", "resolve: by-id"))).label().topic().orElseThrow();

    assertThat(topic.resolveById()).isTrue();
    assertThat(topic.key()).isEmpty();
  }

  @Test
  void refusesWhatIsForLateLabelsOnly() {
    assertErrors(
        inside("key: [merchant], wait: 1h"),
        "label.key: only labels on a topic of their own have it: set label.topic",
        "label.wait: only labels that come after their events are waited for: set label.topic or"
            + " label.known-at");
  }

  @Test
  void refusesClassesThatThereAreNot() {
    assertErrors(
        with(charges("otherwise: drp")),
        "label.otherwise: found 'drp'; allowed: drop, or a class of label.classes [ok, bad];"
            + " did you mean 'drop'?");
    assertErrors(
        with(charges("late-positives: train")),
        "label.late-positives: without label.otherwise naming a label there are none: delete it");
  }

  @Test
  void labelsAndEventsShareNoTopic() {
    assertThat(Payments.errors(with(CHARGES.replace("topic: charges", "topic: payments"))).errors())
        .extracting(SpecError::toString)
        .containsExactly(
            "label.topic: 'payments' would hold the labels and the events; choose two topics");
  }

  private static String charges(String more) {
    return CHARGES.replace("time:", more + ", time:");
  }

  private static String inside(String more) {
    return SPEC.replace("outcome: [loss]", "outcome: [loss], " + more);
  }

  private static String with(String label) {
    return SPEC.replaceFirst("label: .*", label);
  }
}

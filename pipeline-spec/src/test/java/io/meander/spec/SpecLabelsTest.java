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
        .contains(new PipelineSpec.KnownAt(null, Duration.ofMinutes(30)));
    PipelineSpec.Label label = parse(inside("known-at: {field: at}")).label();
    assertThat(label.knownAt()).contains(new PipelineSpec.KnownAt("at", null));
    assertThat(label.waits().waitOrNull()).isNull();
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

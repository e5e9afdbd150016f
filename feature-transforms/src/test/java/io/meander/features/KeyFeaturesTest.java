/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.FeatureSpec.Range;
import io.meander.features.FeatureSpec.Remembered;
import io.meander.features.history.HistoryForm;
import io.meander.features.history.Stat;
import java.time.Duration;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

class KeyFeaturesTest {

  private static final double NONE = Double.NaN;
  private static final long HOUR = 3_600_000;

  private static final Schema FLIGHT =
      SchemaBuilder.record("Flight")
          .fields()
          .optionalDouble("miles")
          .optionalString("to")
          .optionalDouble("delay")
          .endRecord();

  private static final List<FeatureSpec> FEATURES =
      List.of(
          new FeatureSpec.Plain("miles", "miles"),
          past("before", "miles", false, new HistoryForm.Lag(1, false)),
          past(
              "late",
              "delay",
              true,
              new HistoryForm.Window(Stat.MEAN, 0.5, Duration.ofHours(2), 2)),
          past("late_to", "to", true, new HistoryForm.Target(16, 0)));

  @Test
  void anEventComesInAfterItsOwnFeaturesAndALabelOnceItIsKnown() throws Exception {
    KeyedFeatures plan = plan(FEATURES, MissingPolicy.KEEP);
    KeyFeatures key = plan.none();
    FeatureInputs first = inputs(plan, flight(100.0, "LAX", 500.0));
    assertThat(complete(key, flight(100.0, "LAX", 500.0), plan, 0))
        .containsExactly(100, NONE, NONE, NONE);
    assertThat(complete(key, flight(null, "LAX", null), plan, HOUR))
        .containsExactly(NONE, 100, NONE, NONE);
    key.label(first, HOUR);
    // Clipped to 180; above 15, so the second class.
    assertThat(complete(key, flight(7.0, "LAX", null), plan, HOUR)).containsExactly(7, 100, 180, 1);
    assertThat(complete(key, flight(8.0, null, null), plan, 3 * HOUR))
        .containsExactly(8, 7, NONE, 1);
  }

  @Test
  void askedWithoutRememberingItChangesNothing() throws Exception {
    KeyedFeatures plan = plan(FEATURES, MissingPolicy.KEEP);
    KeyFeatures key = plan.none();
    complete(key, flight(100.0, "LAX", null), plan, 0);
    byte[] before = key.write();
    FeatureInputs inputs = inputs(plan, flight(5.0, "LAX", null));
    assertThat(key.filled(new double[] {5, NONE, NONE, 0.25}, inputs, HOUR))
        .containsExactly(5, 100, NONE, 0.25);
    assertThat(key.filled(new double[] {5, NONE, NONE, NONE}, null, HOUR))
        .containsExactly(5, NONE, NONE, NONE);
    assertThat(key.write()).isEqualTo(before);
  }

  @Test
  void missingValuesAreFilledInAfterwards() throws Exception {
    KeyedFeatures zeros = plan(FEATURES, MissingPolicy.ZERO);
    assertThat(complete(zeros.none(), flight(100.0, "LAX", null), zeros, 0))
        .containsExactly(100, 0, 0, 0);
    KeyedFeatures last = plan(FEATURES, MissingPolicy.LAST);
    KeyFeatures key = last.none();
    complete(key, flight(100.0, "LAX", 0.0), last, 0);
    key.label(inputs(last, flight(100.0, "LAX", 10.0)), 0);
    assertThat(complete(key, flight(null, "LAX", null), last, 0)).containsExactly(100, 100, 10, 0);
    assertThat(complete(key, flight(null, "LAX", null), last, 9 * HOUR))
        .containsExactly(100, 100, 10, 0);
  }

  @Test
  void aFeatureSaysItselfWhatBecomesOfItsMissingValues() throws Exception {
    FeatureSpec miles = new FeatureSpec.Plain("miles", "miles");
    FeatureSpec before = past("before", "miles", false, new HistoryForm.Lag(1, false));
    FeatureSpec two = past("two", "miles", false, new HistoryForm.Lag(2, false));
    FeatureSpec late = past("late", "delay", true, new HistoryForm.Lag(1, false));
    List<FeatureSpec> features =
        List.of(
            new FeatureSpec.Imputed(miles, MissingPolicy.MEAN, NONE, true),
            new FeatureSpec.Imputed(before, null, -1, true),
            new FeatureSpec.Imputed(two, MissingPolicy.KEEP, NONE, false),
            new FeatureSpec.Imputed(late, MissingPolicy.LAST, NONE, false));
    KeyedFeatures plan = plan(features, MissingPolicy.ZERO);
    KeyFeatures key = plan.none();
    FeatureTransform transform = FeatureTransform.compile(features, FLIGHT, MissingPolicy.ZERO);
    assertThat(transform.schema().columns())
        .extracting(FeatureSchema.Column::name)
        .containsExactly("miles", "miles_missing", "before", "before_missing", "two", "late");
    GenericRecord flight = flight(100.0, "LAX", null);
    assertThat(complete(key, flight, plan, transform)).containsExactly(100, 0, -1, 1, NONE, NONE);
    key.label(inputs(plan, flight(100.0, "LAX", 10.0)), 0);
    assertThat(complete(key, flight(50.0, "LAX", null), plan, transform))
        .containsExactly(50, 0, 100, 0, NONE, 10);
    assertThat(complete(key, flight(null, "LAX", null), plan, transform))
        .containsExactly(75, 1, 50, 0, 100, 10);
    // As a server asks: what is given stays, and what is not is as the job would have it.
    byte[] bytes = key.write();
    KeyFeatures published = plan.read(bytes);
    FeatureInputs inputs = plan.eventInputs(flight);
    assertThat(published.filled(transform.apply(flight), inputs, 0))
        .containsExactly(100, 0, 50, 0, 100, 10);
    assertThat(published.filled(new double[] {1, 0, 2, NONE, 3, 4}, inputs, 0))
        .containsExactly(1, 0, 2, 0, 3, 4);
    assertThat(published.write()).isEqualTo(bytes);
    assertThat(bytes.length).isLessThanOrEqualTo(plan.maxBytes());
  }

  @Test
  void whatIsTooLargeToBeAddedUpIsMissing() throws Exception {
    List<FeatureSpec> features =
        List.of(
            past(
                "sum", "miles", false, new HistoryForm.Window(Stat.SUM, 0, Duration.ofHours(2), 2)),
            past("other", "miles", false, new HistoryForm.Lag(1, true)));
    KeyedFeatures plan = plan(features, MissingPolicy.KEEP);
    KeyFeatures key = plan.none();
    FeatureTransform transform = FeatureTransform.compile(features, FLIGHT, MissingPolicy.KEEP);
    GenericRecord most = flight(Double.MAX_VALUE, "LAX", null);
    complete(key, most, plan, transform);
    assertThat(complete(key, most, plan, transform)).containsExactly(Double.MAX_VALUE, 0);
    assertThat(complete(key, flight(-Double.MAX_VALUE, "LAX", null), plan, transform))
        .containsExactly(NONE, NONE);
    assertThat(key.filled(new double[] {NONE, NONE}, inputs(plan, most), 0)[0]).isNaN();
  }

  @Test
  void zerosDoNotHideWhatIsRememberedFromAServer() throws Exception {
    KeyedFeatures plan = plan(FEATURES, MissingPolicy.ZERO);
    KeyFeatures key = plan.none();
    GenericRecord flight = flight(100.0, "LAX", null);
    complete(key, flight, plan, 0);
    double[] vector = FeatureTransform.compile(FEATURES, FLIGHT, MissingPolicy.ZERO).apply(flight);
    FeatureInputs inputs = plan.eventInputs(flight);
    assertThat(key.filled(vector, inputs, 0)).containsExactly(100, 100, 0, 0);
  }

  private static double[] complete(
      KeyFeatures key, GenericRecord flight, KeyedFeatures plan, FeatureTransform transform)
      throws Exception {
    FeatureInputs inputs = plan.eventInputs(flight);
    return key.complete(transform.apply(flight), inputs, 0);
  }

  @Test
  void itsBytesComeBackAndFitTheirBound() throws Exception {
    for (MissingPolicy policy : MissingPolicy.values()) {
      KeyedFeatures plan = plan(FEATURES, policy);
      KeyFeatures key = plan.none();
      for (int i = 0; i < 20; i++) {
        complete(key, flight(i * 1.5, "T" + i % 3, null), plan, i * HOUR / 4);
        key.label(inputs(plan, flight(i * 1.5, "T" + i % 3, i * 2.0)), i * HOUR / 4);
        byte[] bytes = key.write();
        assertThat(bytes.length).isLessThanOrEqualTo(plan.maxBytes());
        key = plan.read(bytes);
        assertThat(key.write()).isEqualTo(bytes);
      }
    }
  }

  @Test
  void bytesOfOtherFeaturesAndBrokenOnesAreRefused() throws Exception {
    KeyedFeatures plan = plan(FEATURES, MissingPolicy.KEEP);
    byte[] bytes = plan.none().write();
    KeyedFeatures other =
        plan(List.of(past("late", "delay", true, new HistoryForm.Since())), MissingPolicy.KEEP);
    assertThatThrownBy(() -> other.read(bytes)).hasMessage("is of other features than the spec's");
    assertThatThrownBy(() -> plan.read(java.util.Arrays.copyOf(bytes, bytes.length - 1)))
        .isInstanceOf(FeatureStateException.class)
        .hasMessageContaining("ends too early");
    assertThatThrownBy(() -> plan.read(java.util.Arrays.copyOf(bytes, bytes.length + 2)))
        .hasMessage("has 2 bytes too many");
  }

  @Test
  void refusesFieldsThatCannotBeRemembered() {
    assertThatThrownBy(
            () ->
                plan(
                    List.of(past("a", "to", false, new HistoryForm.Lag(1, false))),
                    MissingPolicy.KEEP))
        .isInstanceOf(FeatureSpecException.class)
        .hasMessage("'to' is a string, and this takes a number or a boolean");
    assertThatThrownBy(
            () ->
                plan(
                    List.of(past("a", "dely", true, new HistoryForm.Lag(1, false))),
                    MissingPolicy.KEEP))
        .hasMessageContaining("unknown field 'dely'; did you mean 'delay'?");
  }

  private static FeatureSpec past(String name, String field, boolean labels, HistoryForm form) {
    return new Remembered(
        name, field, labels, labels ? new Range(-10, 180) : Range.ALL, null, form);
  }

  private static KeyedFeatures plan(List<FeatureSpec> features, MissingPolicy policy) {
    return KeyedFeatures.compile(
        features,
        FeatureTransform.compile(features, FLIGHT).schema(),
        FLIGHT,
        new LabelSource(FLIGHT, "delay", null, 15.0, List.of("no", "yes")),
        policy);
  }

  private static double[] complete(
      KeyFeatures key, GenericRecord flight, KeyedFeatures plan, long time) throws Exception {
    double[] vector = FeatureTransform.compile(FEATURES, FLIGHT).apply(flight);
    return key.complete(vector, plan.eventInputs(flight), time);
  }

  private static FeatureInputs inputs(KeyedFeatures plan, GenericRecord flight)
      throws UnfitEventException {
    return plan.eventInputs(flight).withLabel(plan.labelInputs(flight));
  }

  @Test
  void clipsALabelThatIsANumber() throws Exception {
    FeatureSpec.Remembered last =
        new FeatureSpec.Remembered(
            "l",
            "delay",
            true,
            new FeatureSpec.Range(-10, 180),
            null,
            new HistoryForm.Lag(1, false));
    KeyedFeatures plan =
        KeyedFeatures.compile(
            List.of(last),
            FeatureTransform.compile(List.of(last), FLIGHT).schema(),
            FLIGHT,
            new LabelSource(FLIGHT, "delay", null, null, List.of()),
            MissingPolicy.KEEP);

    assertThat(plan.labelInputs(flight(1.0, "LAX", 500.0))).containsExactly(180);
    assertThat(plan.labelInputs(flight(1.0, "LAX", 20.0))).containsExactly(20);
  }

  private static GenericRecord flight(Double miles, String to, Double delay) {
    GenericRecord flight = new GenericData.Record(FLIGHT);
    flight.put("miles", miles);
    flight.put("to", to);
    flight.put("delay", delay);
    return flight;
  }
}

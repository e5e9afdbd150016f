/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.history.HistoryForm;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

/** Transforms that users bring: how they are found, what they are handed, what they may give. */
class UserTransformTest {

  private static final double NONE = Double.NaN;

  private static final Schema TIME =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  private static final Schema EVENT =
      SchemaBuilder.record("Event")
          .fields()
          .optionalDouble("x")
          .optionalString("kind")
          .optionalBoolean("good")
          .name("at")
          .type()
          .optional()
          .type(TIME)
          .endRecord();

  private static final LabelSource LABEL =
      new LabelSource(EVENT, "good", null, null, List.of("false", "true"));

  @Test
  void isHandedFieldsAndWhatItRemembersAndGivesColumns() throws Exception {
    FeatureSpec counting = counting(Map.of("from", 2));
    Key key = new Key(counting);

    assertThat(key.schema.columns())
        .extracting(FeatureSchema.Column::name)
        .containsExactly("n", "n_parity", "n_again");
    assertThat(key.complete(5.0, "a")).containsExactly(0, 0, 0);
    assertThat(key.complete(1.0, "a")).containsExactly(10, 1, 1);
    assertThat(key.complete(null, null)).containsExactly(10, 1, NONE);
    assertThat(key.complete(2.0, "b")).containsExactly(10, 1, 0);
    assertThat(key.complete(2.0, "b")).containsExactly(20, 0, 1);
  }

  @Test
  void whatItRemembersIsStoredWithItsVersionAndWithinItsBound() throws Exception {
    Key key = new Key(counting(Map.of()), plain());
    for (int i = 0; i < 5; i++) {
      key.complete(1.0 * i, "k" + i % 2);
      byte[] bytes = key.memory.write();
      assertThat(bytes.length).isLessThanOrEqualTo(key.plan.maxBytes());
      key.memory = key.plan.read(bytes);
      assertThat(key.memory.write()).isEqualTo(bytes);
    }
    assertThat(key.complete(0.0, "k0")).containsExactly(50, 1, 1, 0);
    assertThat(key.plan.maxBytesOf()).containsEntry("n", 16);

    byte[] bytes = key.memory.write();
    bytes[KeyFeatures.HEADER + 3]++;
    assertThatThrownBy(() -> key.plan.read(bytes))
        .isInstanceOf(FeatureStateException.class)
        .hasMessage("is of version 3 of the transform of 'n', not 2");
  }

  @Test
  void whereItFailsTheKeyRemembersNothingOfTheEvent() throws Exception {
    FeatureSpec before =
        new FeatureSpec.Remembered(
            "before", "x", false, FeatureSpec.Range.ALL, null, new HistoryForm.Lag(1, false));
    Key key = new Key(before, counting(Map.of()));
    key.complete(1.0, "a");
    byte[] remembered = key.memory.write();

    assertThatThrownBy(() -> key.complete(-1.0, "b"))
        .isInstanceOf(FailedTransformException.class)
        .hasMessage(
            "feature 'n' (transform 'counting', version 2) failed:"
                + " java.lang.IllegalStateException: a number of -1.0")
        .extracting(e -> ((FailedTransformException) e).feature())
        .isEqualTo("n");
    assertThat(key.memory.write()).isEqualTo(remembered);
    assertThat(key.complete(3.0, "a")).containsExactly(1, 10, 1, 1);
  }

  @Test
  void aLayoutOfSeveralSchemasRemembersNothingOfAnEventThatFailsInOneOfThem() throws Exception {
    FeatureSpec before =
        new FeatureSpec.Remembered(
            "before", "x", false, FeatureSpec.Range.ALL, null, new HistoryForm.Lag(1, false));
    FeatureLayout layout =
        FeatureLayout.of(schema(before, new Declared(1).of("old")))
            .followedBy(schema(before, new Declared(2).of("new")));
    LayoutFeatures features = new LayoutFeatures(layout, EVENT, LABEL);
    LayoutMemory memory = features.none();
    complete(features, memory, event(1.0, "a"));
    byte[] remembered = memory.write();

    assertThatThrownBy(() -> complete(features, memory, event(-1.0, "b")))
        .isInstanceOf(FailedTransformException.class);
    assertThat(memory.write()).isEqualTo(remembered);
    LayoutMemory again = features.read(remembered);
    assertThat(complete(features, again, event(7.0, "a"))).containsExactly(1, 1, 1, 1, 10, 1, 1);
    assertThat(features.read(again.write()).write()).isEqualTo(again.write());
  }

  @Test
  void missingOnesAreFilledInAndFlaggedAsOfAnyFeature() throws Exception {
    FeatureSpec odd = odd(Map.of());
    FeatureSpec filled = new FeatureSpec.Imputed(odd, null, NONE, true);
    assertThat(new Key(filled).complete(1.0, "a")).containsExactly(NONE, NONE, 1);
    assertThatThrownBy(() -> new Key(new FeatureSpec.Imputed(odd, null, 7, true)))
        .hasMessageContaining("a nominal has no number to put in the place of a missing one");
    assertThat(new Key(MissingPolicy.ZERO, odd).complete(1.0, "a")).containsExactly(0, NONE);
    FeatureSpec without = odd(Map.of("most", 0));
    assertThat(new Key(new FeatureSpec.Imputed(without, null, NONE, true)).complete(1.0, "a"))
        .containsExactly(NONE, NONE, 1);
  }

  @Test
  void aServerAsksWithoutBeingRemembered() throws Exception {
    Key key = new Key(counting(Map.of()));
    key.complete(1.0, "a");
    byte[] before = key.memory.write();
    FeatureInputs inputs = key.plan.eventInputs(event(1.0, "a"));

    assertThat(key.memory.filled(new double[] {NONE, NONE, NONE}, inputs, 0))
        .containsExactly(10, 1, 1);
    assertThat(key.memory.filled(new double[] {NONE, NONE, 0}, inputs, 0))
        .containsExactly(10, 1, 0);
    double[] given = {1, 0, 0};
    assertThat(key.memory.filled(given, inputs, 0)).isSameAs(given);
    assertThat(key.memory.filled(new double[] {NONE, NONE, NONE}, null, 0))
        .containsExactly(NONE, NONE, NONE);
    assertThat(key.memory.write()).isEqualTo(before);
  }

  @Test
  void whatIsNoValueOfItsColumnsFails() {
    assertThatThrownBy(() -> new Key(odd(Map.of("does", "give-other-value"))).complete(1.0, "a"))
        .hasMessageContaining("failed: it gave 2.0 for one of the 2 values [a, b]");
    assertThatThrownBy(() -> new Key(odd(Map.of("does", "remember-much"))).complete(1.0, "a"))
        .hasMessageContaining("failed: it remembers 5 bytes, and says 4 at most");
    assertThatThrownBy(() -> new Key(odd(Map.of("does", "overflow"))).complete(1.0, "a"))
        .isInstanceOf(FailedTransformException.class)
        .hasMessageContaining("java.lang.StackOverflowError");
    assertThatThrownBy(() -> new Key(odd(Map.of("does", "overflow", "most", 0))).complete(1.0, "a"))
        .as("where the record is read")
        .isInstanceOf(FailedTransformException.class);
    assertThatThrownBy(() -> new Key(odd(Map.of("does", "no-column"))))
        .hasMessage("'odd' makes no column");
  }

  @Test
  void fieldsThatItDoesNotTakeAreRefused() {
    assertThatThrownBy(() -> new Key(transformed("counting", List.of("x"), Map.of())))
        .isInstanceOf(FeatureSpecException.class)
        .hasMessage("fields has 1, and 'counting' takes 2: number, text");
    assertThatThrownBy(() -> new Key(transformed("counting", List.of("kind", "x"), Map.of())))
        .hasMessage("'kind' is a string, and 'counting' takes a number there: its number");
    assertThatThrownBy(() -> new Key(transformed("counting", List.of("x", "kin"), Map.of())))
        .hasMessageContaining("unknown field 'kin'; did you mean 'kind'?");
    assertThatThrownBy(() -> new Key(transformed("odd", List.of("x", "good", "good"), Map.of())))
        .hasMessageContaining("which holds no time");
    assertThatThrownBy(() -> new Key(transformed("odd", List.of("at", "good", "at"), Map.of())))
        .hasMessage("'at' is a timestamp-millis, and 'odd' takes a number there: its number");
  }

  @Test
  void whatIsNotThereIsRefusedWithWhatIs() {
    assertThatThrownBy(() -> Transformed.of("n", "countin", List.of("x"), Map.of()))
        .hasMessageStartingWith(
            "unknown transform 'countin'; did you mean 'counting'? (there are counting, odd)");
    assertThatThrownBy(() -> Transformed.of("n", "counting", List.of("x"), Map.of("form", 3)))
        .hasMessage("unknown option; did you mean 'from'? (there are from)");
    assertThatThrownBy(() -> Transformed.of("n", "counting", List.of("x"), Map.of("from", "3")))
        .hasMessage("found '3'; allowed: a number from 0 to 1000000");
    assertThatThrownBy(() -> Transformed.of("n", "odd", List.of("x"), Map.of("most", 1.5)))
        .hasMessage("found 1.5; allowed: a whole number from 0 to 100");
  }

  @Test
  void aDeclarationStaysWithItsVersionAndClass() throws Exception {
    assertThat(counting(Map.of())).isEqualTo(new Declared(2).of("n"));
    assertThat(new Key(new Declared(1).of("n")).complete(1.0, "a")).containsExactly(0, 0, 0);
    assertThat(schema(new Declared(1).of("n")).fingerprint())
        .isNotEqualTo(schema(new Declared(2).of("n")).fingerprint());
    assertThatThrownBy(() -> schema(new Declared(3).of("n")))
        .hasMessageStartingWith(
            "transform 'counting' was version 3, and on the class path it is version 1, version 2");
    Transformed other =
        new Transformed(
            "n", "counting", 2, "com.example.Counting", List.of("x", "kind"), Map.of("from", 0.0));
    assertThatThrownBy(() -> schema(other))
        .hasMessageStartingWith(
            "version 2 of transform 'counting' was com.example.Counting, and on the class path");
  }

  /** As the spec's reader declares it, of a version. */
  private record Declared(int version) {
    FeatureSpec of(String name) {
      return new Transformed(
          name,
          "counting",
          version,
          CountingTransform.class.getName() + (version == 1 ? "$First" : "$Second"),
          List.of("x", "kind"),
          Map.of("from", 0.0));
    }
  }

  /** A key of events that have these features. */
  private static final class Key {
    final FeatureSchema schema;
    final KeyedFeatures plan;
    private final FeatureTransform transform;
    KeyFeatures memory;

    Key(MissingPolicy policy, FeatureSpec... features) {
      this.transform = FeatureTransform.compile(List.of(features), EVENT, policy);
      this.schema = transform.schema();
      this.plan = KeyedFeatures.compile(List.of(features), schema, EVENT, LABEL, policy);
      this.memory = plan.none();
    }

    Key(FeatureSpec... features) {
      this(MissingPolicy.KEEP, features);
    }

    double[] complete(Double x, String kind) throws UnfitEventException {
      GenericRecord event = event(x, kind);
      return memory.complete(transform.apply(event), plan.eventInputs(event), 0);
    }
  }

  private static double[] complete(
      LayoutFeatures features, LayoutMemory memory, GenericRecord event)
      throws UnfitEventException {
    return memory.complete(features.apply(event), features.eventInputs(event), 0);
  }

  private static FeatureSchema schema(FeatureSpec... features) {
    return FeatureTransform.compile(List.of(features), EVENT).schema();
  }

  private static FeatureSpec plain() {
    return new FeatureSpec.Plain("x", "x");
  }

  private static FeatureSpec counting(Map<String, ?> with) {
    return transformed("counting", List.of("x", "kind"), with);
  }

  private static FeatureSpec odd(Map<String, ?> with) {
    return transformed("odd", List.of("x", "good", "at"), with);
  }

  private static FeatureSpec transformed(String name, List<String> fields, Map<String, ?> with) {
    return Transformed.of("n", name, fields, with);
  }

  private static GenericRecord event(Double x, String kind) {
    GenericRecord event = new GenericData.Record(EVENT);
    event.put("x", x);
    event.put("kind", kind);
    event.put("good", true);
    event.put("at", 5L);
    return event;
  }
}

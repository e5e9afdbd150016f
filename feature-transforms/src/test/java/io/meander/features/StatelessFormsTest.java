/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The forms' values, and what holds for all of them. */
class StatelessFormsTest {

  private static final Schema TIME =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  private static final Schema EVENT =
      SchemaBuilder.record("Event")
          .fields()
          .optionalDouble("x")
          .optionalString("to")
          .optionalString("from")
          .optionalBoolean("night")
          .name("at")
          .type(Schema.createUnion(Schema.create(Schema.Type.NULL), TIME))
          .withDefault(null)
          .endRecord();

  private final GenericRecord event = new GenericData.Record(EVENT);

  @Test
  void takesLogarithms() throws Exception {
    FeatureSpec log = new FeatureSpec.Log("l", "x", 0);
    assertThat(of(log, Math.E * Math.E)).containsExactly(2);
    assertThat(of(log, 0)).containsExactly(Double.NaN);
    assertThat(of(log, -3)).containsExactly(Double.NaN);
    assertThat(of(new FeatureSpec.Log("l", "x", 1), 0)).containsExactly(0);
  }

  @Test
  void clips() throws Exception {
    FeatureSpec clipped = new FeatureSpec.Clipped("c", "x", -1, 2);
    assertThat(of(clipped, -5)).containsExactly(-1);
    assertThat(of(clipped, 1.5)).containsExactly(1.5);
    assertThat(of(clipped, 7)).containsExactly(2);
    assertThat(of(clipped, Double.NaN)).containsExactly(Double.NaN);
  }

  @Test
  void bucketizesFromEachBoundaryOn() throws Exception {
    FeatureSpec buckets = new FeatureSpec.Bucketized("b", "x", List.of(0.0, 10.0, 12.5));
    assertThat(compile(buckets).schema().columns().get(0).values())
        .containsExactly("..0", "0..10", "10..12.5", "12.5..");
    assertThat(of(buckets, -1)).containsExactly(0);
    assertThat(of(buckets, -0.0)).containsExactly(1);
    assertThat(of(buckets, 9.99)).containsExactly(1);
    assertThat(of(buckets, 10)).containsExactly(2);
    assertThat(of(buckets, 12.5)).containsExactly(3);
    assertThat(of(buckets, Double.NaN)).containsExactly(Double.NaN);
  }

  @Test
  void crossesFieldsByTheHashOfTheirKey() throws Exception {
    event.put("to", "a|b");
    event.put("from", "c");
    FeatureSpec crossed = new FeatureSpec.Crossed("c", List.of("to", "from"), 50);
    assertThat(compile(crossed).apply(event)).containsExactly(Murmur3.bucket("a\\|b|c", 50));
    event.put("from", null);
    assertThat(compile(crossed).apply(event)).containsExactly(Double.NaN);
  }

  @Test
  void signsHashes() throws Exception {
    // 0xb3dd93fa has its highest bit set, 0x3c2569b2 has not.
    FeatureSpec signed = new FeatureSpec.Hashed("h", "to", 4, FeatureSpec.Hashed.Form.SIGNED);
    event.put("to", "abc");
    assertThat(compile(signed).apply(event)).containsExactly(0, 0, -1, 0);
    event.put("to", "a");
    assertThat(compile(signed).apply(event)).containsExactly(0, 0, 1, 0);
  }

  @Test
  void readsTheCalendarOfAZone() throws Exception {
    event.put("at", Instant.parse("2001-01-01T02:30:00Z").toEpochMilli()); // a Monday
    ZoneId newYork = ZoneId.of("America/New_York");
    assertThat(calendar(FeatureSpec.Calendar.Part.HOUR, ZoneOffset.UTC)).containsExactly(2);
    assertThat(calendar(FeatureSpec.Calendar.Part.HOUR, newYork)).containsExactly(21);
    assertThat(calendar(FeatureSpec.Calendar.Part.WEEKDAY, ZoneOffset.UTC)).containsExactly(0);
    assertThat(calendar(FeatureSpec.Calendar.Part.WEEKDAY, newYork)).containsExactly(6);
    assertThat(calendar(FeatureSpec.Calendar.Part.MONTH, newYork)).containsExactly(11);
  }

  private double[] calendar(FeatureSpec.Calendar.Part part, ZoneId zone) throws Exception {
    return compile(new FeatureSpec.Calendar("c", "at", part, zone)).apply(event);
  }

  @Test
  void countsNgrams() throws Exception {
    event.put("to", " Ab😀ab ");
    double[] expected = new double[8];
    for (String gram : List.of("ab", "b😀", "😀a", "ab")) {
      expected[Murmur3.bucket(gram, 8)]++;
    }
    assertThat(ngrams(2, FeatureSpec.Ngrams.Unit.CHARACTERS)).isEqualTo(expected);

    event.put("to", "the  Cat\tthe cat");
    expected = new double[8];
    for (String gram : List.of("the cat", "cat the", "the cat")) {
      expected[Murmur3.bucket(gram, 8)]++;
    }
    assertThat(ngrams(2, FeatureSpec.Ngrams.Unit.WORDS)).isEqualTo(expected);

    event.put("to", "");
    assertThat(ngrams(1, FeatureSpec.Ngrams.Unit.WORDS)).containsOnly(0);
  }

  private double[] ngrams(int n, FeatureSpec.Ngrams.Unit unit) throws Exception {
    return compile(new FeatureSpec.Ngrams("g", "to", unit, n, 8)).apply(event);
  }

  @Test
  void worksOutExpressions() throws Exception {
    event.put("x", 3.0);
    event.put("to", "SAV");
    assertThat(compile(value("x / 2")).apply(event)).containsExactly(1.5);
    assertThat(compile(value("x > 2")).schema().columns().get(0).values())
        .containsExactly("false", "true");
    assertThat(compile(value("x > 2")).apply(event)).containsExactly(1);
    assertThat(compile(value("duration('1m')")).apply(event)).containsExactly(60);
    FeatureSpec text =
        new FeatureSpec.Value("v", "x > 2 ? to : 'near'", List.of("near", "MDW"), "far");
    assertThat(compile(text).apply(event)).containsExactly(2);
    FeatureSpec strict =
        new FeatureSpec.Value("v", "x > 2 ? to : 'near'", List.of("near", "MDW"), null);
    assertThatThrownBy(() -> compile(strict).apply(event))
        .isInstanceOf(UnfitEventException.class)
        .hasMessage("feature 'v': the expression gives 'SAV', not one of [near, MDW]");
  }

  @Test
  void fillsInAndFlagsMissingValues() throws Exception {
    FeatureSpec plain = new FeatureSpec.Plain("x", "x");
    FeatureSpec both = new FeatureSpec.Imputed(plain, null, -1, true);
    assertThat(compile(both).schema().columns())
        .extracting(FeatureSchema.Column::name)
        .containsExactly("x", "x_missing");
    assertThat(of(both, 4)).containsExactly(4, 0);
    assertThat(of(both, Double.NaN)).containsExactly(-1, 1);
    event.put("x", null);
    assertThat(compile(both).apply(event)).containsExactly(-1, 1);
    FeatureSpec flag =
        new FeatureSpec.Imputed(new FeatureSpec.Plain("night", "night"), null, Double.NaN, true);
    assertThat(compile(flag).apply(event)).containsExactly(Double.NaN, 1);
  }

  @Test
  void saysWhatDoesNotFit() {
    refuses(new FeatureSpec.Log("l", "to", 0), "a logarithm is taken of a number");
    refuses(new FeatureSpec.Clipped("c", "x", 2, 2), "min is below max");
    refuses(new FeatureSpec.Bucketized("b", "x", List.of(2.0, 1.0)), "boundaries ascend");
    refuses(
        new FeatureSpec.Ngrams("g", "x", FeatureSpec.Ngrams.Unit.WORDS, 1, 4),
        "only a text has n-grams");
    refuses(value("to"), "list what it can be in values");
    refuses(value("at"), "which is no feature as it is");
    refuses(value("y"), "character 1: unknown field 'y'");
    refuses(new FeatureSpec.Value("v", "x", List.of("a"), null), "delete them");
    refuses(
        new FeatureSpec.Imputed(new FeatureSpec.Plain("night", "night"), null, 0, false),
        "flag it");
  }

  private static void refuses(FeatureSpec feature, String message) {
    assertThatThrownBy(() -> compile(feature))
        .isInstanceOf(FeatureSpecException.class)
        .hasMessageContaining(message);
  }

  static Stream<FeatureSpec> forms() {
    FeatureSpec plain = new FeatureSpec.Plain("x", "x");
    return Stream.of(
        plain,
        new FeatureSpec.Nominal("to", "to", List.of("SAV", "MDW"), "other"),
        new FeatureSpec.Hashed("h", "to", 8, FeatureSpec.Hashed.Form.NOMINAL),
        new FeatureSpec.Hashed("h", "to", 8, FeatureSpec.Hashed.Form.COLUMNS),
        new FeatureSpec.Hashed("h", "to", 8, FeatureSpec.Hashed.Form.SIGNED),
        new FeatureSpec.Cyclic("c", "at", Duration.ofDays(1), ZoneOffset.UTC),
        new FeatureSpec.Log("l", "x", 1),
        new FeatureSpec.Clipped("c", "x", 0, 1),
        new FeatureSpec.Bucketized("b", "x", List.of(1.0, 2.0)),
        new FeatureSpec.Crossed("c", List.of("to", "from"), 16),
        new FeatureSpec.GeoCell("g", List.of("x", "x"), 10, 8),
        new FeatureSpec.Calendar(
            "c", "at", FeatureSpec.Calendar.Part.WEEKDAY, ZoneId.of("Europe/Paris")),
        new FeatureSpec.Ngrams("g", "to", FeatureSpec.Ngrams.Unit.CHARACTERS, 2, 8),
        value("x * 2 + size(to)"),
        new FeatureSpec.Value("v", "to + from", List.of("SAVMDW"), "other"));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void missingInMissingOut(FeatureSpec form) throws Exception {
    assertThat(compile(form).apply(event)).containsOnly(Double.NaN);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void flagsAllThatIsMissing(FeatureSpec form) throws Exception {
    double[] vector = compile(new FeatureSpec.Imputed(form, null, Double.NaN, true)).apply(event);
    assertThat(vector[vector.length - 1]).isEqualTo(1);
    assertThat(Arrays.copyOf(vector, vector.length - 1)).containsOnly(Double.NaN);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void givesTheSameEachTimeAndAfterSerialisation(FeatureSpec form) throws Exception {
    event.put("x", 1.25);
    event.put("to", "SAV");
    event.put("from", "MDW");
    event.put("night", true);
    event.put("at", 978_318_000_000L);
    FeatureTransform once = compile(form);
    FeatureTransform again = compile(copy(form));

    double[] vector = once.apply(event);
    assertThat(vector).doesNotContain(Double.NaN).hasSize(once.schema().size());
    assertThat(once.apply(event)).isEqualTo(vector);
    assertThat(again.apply(event)).isEqualTo(vector);
    assertThat(again.schema().fingerprint()).isEqualTo(once.schema().fingerprint());
    assertThat(copy(form)).isEqualTo(form);
  }

  private static FeatureSpec copy(FeatureSpec form) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(form);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (FeatureSpec) in.readObject();
    }
  }

  private static FeatureSpec value(String expression) {
    return new FeatureSpec.Value("v", expression, List.of(), null);
  }

  private static FeatureTransform compile(FeatureSpec feature) {
    return FeatureTransform.compile(List.of(feature), EVENT);
  }

  private double[] of(FeatureSpec feature, double x) throws Exception {
    event.put("x", x);
    return compile(feature).apply(event);
  }
}

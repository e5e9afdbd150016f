/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

class FeatureTransformTest {

  private static final Schema TIME =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  private static final Schema FLIGHT =
      SchemaBuilder.record("Flight")
          .fields()
          .optionalInt("distance")
          .optionalString("to")
          .optionalBoolean("night")
          .name("kind")
          .type(Schema.createEnum("Kind", null, null, List.of("JET", "PROP")))
          .withDefault("JET")
          .name("departure")
          .type(TIME)
          .noDefault()
          .name("price")
          .type()
          .doubleType()
          .doubleDefault(0)
          .endRecord();

  @Test
  void takesFieldsAsTheyAre() throws Exception {
    FeatureTransform transform =
        transform(plain("distance"), plain("night"), plain("kind"), plain("price"));

    assertThat(transform.schema().columns())
        .extracting(FeatureSchema.Column::name, FeatureSchema.Column::values)
        .containsExactly(
            tuple("distance", List.of()),
            tuple("night", List.of("false", "true")),
            tuple("kind", List.of("JET", "PROP")),
            tuple("price", List.of()));
    assertThat(transform.apply(flight(215, "SAV", true, "PROP", 0, 9.5)))
        .containsExactly(215, 1, 1, 9.5);
  }

  @Test
  void missingStaysMissing() throws Exception {
    FeatureTransform transform =
        transform(
            plain("distance"),
            plain("night"),
            plain("price"),
            new FeatureSpec.Hashed("to", "to", 4, FeatureSpec.Hashed.Form.COLUMNS));

    assertThat(transform.apply(flight(null, null, null, "JET", 0, Double.POSITIVE_INFINITY)))
        .hasSize(7)
        .containsOnly(Double.NaN);
  }

  @Test
  void putsZeroInThePlaceOfMissingNumbersIfTold() throws Exception {
    FeatureTransform transform =
        FeatureTransform.compile(
            List.of(plain("distance"), plain("night"), plain("price")), FLIGHT, MissingPolicy.ZERO);

    assertThat(transform.apply(flight(null, null, null, "JET", 0, Double.NEGATIVE_INFINITY)))
        .containsExactly(0, Double.NaN, 0);
    assertThat(transform.apply(flight(7, null, true, "JET", 0, Double.NaN)))
        .containsExactly(7, 1, 0);
  }

  @Test
  void putsAnUnlistedValueUnderTheUnknownOne() throws Exception {
    FeatureTransform transform =
        transform(new FeatureSpec.Nominal("to", "to", List.of("SAV", "MDW"), "elsewhere"));

    assertThat(transform.schema().columns().get(0).values())
        .containsExactly("SAV", "MDW", "elsewhere");
    assertThat(transform.apply(flight(1, "MDW", true, "JET", 0, 0))).containsExactly(1);
    assertThat(transform.apply(flight(1, "LAX", true, "JET", 0, 0))).containsExactly(2);
  }

  @Test
  void refusesAnEventWhoseValueIsNotListed() {
    FeatureTransform transform =
        transform(new FeatureSpec.Nominal("to", "to", List.of("SAV", "MDW"), null));

    assertThatThrownBy(() -> transform.apply(flight(1, "SAW", true, "JET", 0, 0)))
        .isInstanceOf(UnfitEventException.class)
        .hasMessage(
            "feature 'to': field 'to' is 'SAW', not one of [SAV, MDW]; did you mean 'SAV'?");
  }

  @Test
  void hashesByMurmur3() throws Exception {
    // Known answers of MurmurHash3_x86_32, seed 0.
    assertThat(Murmur3.hash("")).isZero();
    assertThat(Murmur3.hash("a")).isEqualTo(0x3c2569b2);
    assertThat(Murmur3.hash("abc")).isEqualTo(0xb3dd93fa);
    assertThat(Murmur3.hash("Hello, world!")).isEqualTo(0xc0363e43);
    assertThat(Murmur3.hash("The quick brown fox jumps over the lazy dog")).isEqualTo(0x2e4ff723);

    FeatureTransform one =
        transform(new FeatureSpec.Hashed("to", "to", 64, FeatureSpec.Hashed.Form.NOMINAL));
    FeatureTransform many =
        transform(new FeatureSpec.Hashed("to", "to", 3, FeatureSpec.Hashed.Form.COLUMNS));
    assertThat(one.apply(flight(1, "abc", true, "JET", 0, 0)))
        .containsExactly(Integer.remainderUnsigned(0xb3dd93fa, 64));
    assertThat(one.schema().columns().get(0).values()).hasSize(64);
    double[] indicators = new double[3];
    indicators[Integer.remainderUnsigned(0xb3dd93fa, 3)] = 1;
    assertThat(many.apply(flight(1, "abc", true, "JET", 0, 0))).isEqualTo(indicators);
  }

  @Test
  void putsTimesOnACircle() throws Exception {
    FeatureTransform transform =
        transform(
            new FeatureSpec.Cyclic("hour", "departure", Duration.ofDays(1), ZoneOffset.UTC),
            new FeatureSpec.Cyclic("day", "departure", Duration.ofDays(7), ZoneOffset.UTC),
            new FeatureSpec.Cyclic(
                "local", "departure", Duration.ofDays(1), ZoneId.of("America/New_York")));
    // A Monday, six in the morning; one o'clock in New York.
    long time = Instant.parse("2001-01-01T06:00:00Z").toEpochMilli();

    double[] vector = transform.apply(flight(1, "x", true, "JET", time, 0));

    assertThat(vector[0]).isCloseTo(1, within(1e-12));
    assertThat(vector[1]).isCloseTo(0, within(1e-12));
    assertThat(vector[2]).isCloseTo(Math.sin(2 * Math.PI / 28), within(1e-12));
    assertThat(vector[3]).isCloseTo(Math.cos(2 * Math.PI / 28), within(1e-12));
    assertThat(vector[4]).isCloseTo(Math.sin(2 * Math.PI / 24), within(1e-12));
    assertThat(transform.schema().columns())
        .extracting(FeatureSchema.Column::name)
        .containsExactly("hour_sin", "hour_cos", "day_sin", "day_cos", "local_sin", "local_cos");
  }

  @Test
  void weeksBeginOnMondayAndDaysOfTheWeekRepeatBeforeTheEpoch() throws Exception {
    FeatureTransform week =
        transform(new FeatureSpec.Cyclic("day", "departure", Duration.ofDays(7), ZoneOffset.UTC));

    for (String monday : List.of("1969-12-29", "1970-01-05", "2001-01-01", "2024-02-26")) {
      long midnight = Instant.parse(monday + "T00:00:00Z").toEpochMilli();
      assertThat(week.apply(flight(1, "x", true, "JET", midnight, 0)))
          .as(monday)
          .containsExactly(0, 1);
      double[] thursdayNoon =
          week.apply(flight(1, "x", true, "JET", midnight + Duration.ofHours(84).toMillis(), 0));
      assertThat(thursdayNoon[0]).isCloseTo(0, within(1e-12));
      assertThat(thursdayNoon[1]).isEqualTo(-1);
    }
  }

  @Test
  void refusesAPeriodThatIsNoTime() {
    for (Duration period :
        List.of(Duration.ZERO, Duration.ofDays(-1), Duration.ofNanos(5), Duration.ofDays(40_000))) {
      assertThatThrownBy(
              () -> transform(new FeatureSpec.Cyclic("x", "departure", period, ZoneOffset.UTC)))
          .isInstanceOf(FeatureSpecException.class)
          .hasMessageContaining("a period is from a millisecond");
    }
  }

  @Test
  void hashesTailsOfEveryLengthTheFullRangeAndUtf8() {
    // From the reference implementation by way of an independent one in Python.
    assertThat(Murmur3.hash("ab")).isEqualTo(0x9bbfd75f);
    assertThat(Murmur3.hash("abcd")).isEqualTo(0x43ed676a);
    assertThat(Murmur3.hash("Zürich")).isEqualTo(0x29695951);
    assertThat(Murmur3.hash("東京")).isEqualTo(0x96bf1142);
    assertThat(Murmur3.hash("a😀b")).isEqualTo(0xba4460fc);
    // A hash with its highest bit set is a large number, not a negative one.
    assertThat(Murmur3.bucket("abc", 10)).isEqualTo((int) (0xb3dd93faL % 10));
  }

  @Test
  void saysWhichFieldCannotBeAFeatureAsItIs() {
    assertThatThrownBy(() -> transform(plain("distance"), plain("to")))
        .isInstanceOfSatisfying(FeatureSpecException.class, e -> assertThat(e.index()).isEqualTo(1))
        .hasMessage(
            "'to' is a string, which is no feature as it is; declare it as nominal with its values"
                + " or as hashed, or leave it out with all-but");
    assertThatThrownBy(() -> transform(plain("departure"))).hasMessageContaining("cyclic");
    assertThatThrownBy(() -> transform(plain("distence")))
        .hasMessageContaining("did you mean 'distance'?");
    assertThatThrownBy(
            () ->
                transform(new FeatureSpec.Cyclic("x", "night", Duration.ofDays(1), ZoneOffset.UTC)))
        .hasMessageContaining("holds no time");
    assertThatThrownBy(() -> transform(plain("distance"), plain("distance")))
        .hasMessageContaining("two columns named 'distance'");
  }

  @Test
  void defaultsToEveryFieldThatIsLeft() {
    assertThat(FeatureTransform.defaults(FLIGHT, Set.of("to", "departure")))
        .extracting(FeatureSpec::name)
        .containsExactly("distance", "night", "kind", "price");
    assertThatThrownBy(() -> FeatureTransform.defaults(FLIGHT, Set.of("night")))
        .hasMessageContaining("'to' is a string")
        .hasMessageContaining("'departure' is a timestamp-millis");
  }

  @Test
  void takesTheValueListOfAStringField() throws Exception {
    Schema.Field field =
        new Schema.Field("day", SchemaBuilder.unionOf().nullType().and().stringType().endUnion());
    field.addProp(Nominal.PROPERTY, List.of("1", "2", "7"));
    Schema schema = Schema.createRecord("Row", null, null, false, List.of(field));
    GenericRecord row = new GenericData.Record(schema);
    row.put("day", "7");

    FeatureTransform transform = FeatureTransform.compile(List.of(plain("day")), schema);

    assertThat(transform.schema().columns().get(0).values()).containsExactly("1", "2", "7");
    assertThat(transform.apply(row)).containsExactly(2);
  }

  @Test
  void theFingerprintTellsNamesOrderAndTypesApart() {
    String fingerprint = transform(plain("distance"), plain("price")).schema().fingerprint();

    assertThat(fingerprint).matches("[0-9a-f]{16}");
    assertThat(transform(plain("distance"), plain("price")).schema().fingerprint())
        .isEqualTo(fingerprint);
    assertThat(transform(plain("price"), plain("distance")).schema().fingerprint())
        .isNotEqualTo(fingerprint);
    assertThat(transform(plain("distance"), plain("night")).schema().fingerprint())
        .isNotEqualTo(fingerprint);
  }

  private static FeatureSpec plain(String field) {
    return new FeatureSpec.Plain(field, field);
  }

  private static FeatureTransform transform(FeatureSpec... features) {
    return FeatureTransform.compile(List.of(features), FLIGHT);
  }

  private static GenericRecord flight(
      Integer distance, String to, Boolean night, String kind, long departure, double price) {
    GenericRecord flight = new GenericData.Record(FLIGHT);
    flight.put("distance", distance);
    flight.put("to", to);
    flight.put("night", night);
    flight.put("kind", new GenericData.EnumSymbol(FLIGHT.getField("kind").schema(), kind));
    flight.put("departure", departure);
    flight.put("price", price);
    return flight;
  }
}

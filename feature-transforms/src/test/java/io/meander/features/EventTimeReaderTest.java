/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeReaderTest {

  private static final ZoneId AUCKLAND = ZoneId.of("Pacific/Auckland");

  @ParameterizedTest
  @CsvSource({
    "2001-01-01T00:01Z, 2001-01-01T00:01:00Z",
    "2001-01-01T00:01:02.5Z, 2001-01-01T00:01:02.500Z",
    "2001-01-01T00:01:02+02:00, 2000-12-31T22:01:02Z",
    "2001-01-01T13:00:00, 2001-01-01T00:00:00Z",
    "2001-01-02, 2001-01-01T11:00:00Z",
  })
  void readsIsoText(String text, String expected) throws Exception {
    assertThat(reader(Schema.create(Schema.Type.STRING), null).read(text))
        .isEqualTo(Instant.parse(expected).toEpochMilli());
  }

  @Test
  void readsTextOfAFormat() throws Exception {
    assertThat(
            reader(Schema.create(Schema.Type.STRING), "yyyy-MM-dd HH:mm:ss")
                .read("2011-07-01 12:00:01"))
        .isEqualTo(Instant.parse("2011-07-01T00:00:01Z").toEpochMilli());
  }

  @Test
  void readsAvrosTimes() throws Exception {
    Schema number = Schema.create(Schema.Type.LONG);
    assertThat(reader(number, null).read(1234L)).isEqualTo(1234);
    assertThat(
            reader(
                    LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)),
                    null)
                .read(-1L))
        .isEqualTo(-1);
    assertThat(
            reader(LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT)), null).read(1))
        .isEqualTo(Instant.parse("1970-01-01T12:00:00Z").toEpochMilli());
  }

  @ParameterizedTest
  @CsvSource({
    "dd MMM yyyy HH:mm, 01 Jan 2001 13:00, 2001-01-01T00:00:00Z",
    "M/d/yyyy h:mm a, 1/1/2001 1:05 PM, 2001-01-01T00:05:00Z",
    "yyyy-MM-dd HH:mm:ssXXX, 2001-01-01 00:00:00+02:00, 2000-12-31T22:00:00Z",
    "yyyyMMdd, 20010102, 2001-01-01T11:00:00Z",
  })
  void readsCommonFormats(String pattern, String text, String expected) throws Exception {
    assertThat(reader(Schema.create(Schema.Type.STRING), pattern).read(text))
        .isEqualTo(Instant.parse(expected).toEpochMilli());
  }

  @Test
  void anOffsetInTheTextWinsOverTheZoneAndClockChangesCount() throws Exception {
    EventTimeReader reader = reader(Schema.create(Schema.Type.STRING), null);

    assertThat(reader.read(new Utf8(" 2001-07-01T00:00-05:00 ")))
        .isEqualTo(Instant.parse("2001-07-01T05:00:00Z").toEpochMilli());
    // Auckland is 12 hours ahead in July, 13 in January.
    assertThat(reader.read("2001-07-01T12:00"))
        .isEqualTo(Instant.parse("2001-07-01T00:00:00Z").toEpochMilli());
  }

  @Test
  void readsLocalTimestampsInTheZoneAndFinerOnesRoundedDown() throws Exception {
    long utc = Instant.parse("2001-01-01T00:00:00Z").toEpochMilli();
    long local = utc + Duration.ofHours(13).toMillis();

    assertThat(reader(number(LogicalTypes.timestampMillis()), null).read(utc)).isEqualTo(utc);
    assertThat(reader(number(LogicalTypes.timestampMicros()), null).read(utc * 1000 + 999))
        .isEqualTo(utc);
    assertThat(reader(number(LogicalTypes.timestampNanos()), null).read(utc * 1_000_000 - 1))
        .isEqualTo(utc - 1);
    assertThat(reader(number(LogicalTypes.localTimestampMillis()), null).read(local))
        .isEqualTo(utc);
    assertThat(reader(number(LogicalTypes.localTimestampMicros()), null).read(local * 1000 + 5))
        .isEqualTo(utc);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE, 978_307_200_000_000L})
  void refusesTimesBeyondTheYears(long number) {
    for (EventTimeReader reader :
        List.of(
            reader(Schema.create(Schema.Type.LONG), null),
            reader(number(LogicalTypes.localTimestampMillis()), null),
            reader(number(LogicalTypes.timestampMillis()), null))) {
      assertThatThrownBy(() -> reader.read(number))
          .isInstanceOf(UnfitEventException.class)
          .hasMessageContaining("years 1 to 9999");
    }
    assertThatThrownBy(() -> reader(Schema.create(Schema.Type.LONG), null).read(number))
        .hasMessageContaining("declare finer ones as timestamp-micros");
  }

  @ParameterizedTest
  @CsvSource({
    "HH:mm, whole date",
    "YYYY-MM-dd, whole date",
    "yyyy-MM, whole date",
    "yyyy-MM-dd hh:mm, write HH",
  })
  void refusesAPatternThatLosesTheTime(String pattern, String why) {
    assertThatThrownBy(() -> reader(Schema.create(Schema.Type.STRING), pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + pattern + "'")
        .hasMessageContaining(why);
  }

  @Test
  void saysWhatIsNotATime() {
    assertThatThrownBy(() -> reader(Schema.create(Schema.Type.STRING), null).read("yesterday"))
        .isInstanceOf(UnfitEventException.class)
        .hasMessage("field 't' is 'yesterday', not an ISO-8601 time such as 2001-02-01T00:00:00Z");
    assertThatThrownBy(() -> reader(Schema.create(Schema.Type.BOOLEAN), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds no time");
    assertThatThrownBy(() -> reader(Schema.create(Schema.Type.STRING), "what?"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a date-time pattern");
  }

  private static Schema number(LogicalType type) {
    return type.addToSchema(Schema.create(Schema.Type.LONG));
  }

  private static EventTimeReader reader(Schema type, String pattern) {
    Schema event =
        Schema.createRecord("E", null, null, false, List.of(new Schema.Field("t", type)));
    return new EventTimeReader(FieldPath.of("t", event), pattern, AUCKLAND);
  }
}

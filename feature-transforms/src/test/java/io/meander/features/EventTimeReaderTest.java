/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  private static EventTimeReader reader(Schema type, String pattern) {
    Schema event =
        Schema.createRecord("E", null, null, false, java.util.List.of(new Schema.Field("t", type)));
    return new EventTimeReader(FieldPath.of("t", event), pattern, AUCKLAND);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {

  private static final Schema TIME =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  private static final Schema CARD =
      SchemaBuilder.record("Card").fields().optionalString("country").endRecord();
  private static final Schema EVENT =
      SchemaBuilder.record("Event")
          .fields()
          .optionalInt("miles")
          .optionalDouble("elapsed")
          .optionalString("to")
          .optionalBoolean("night")
          .optionalString("landed")
          .name("departure")
          .type(TIME)
          .noDefault()
          .name("card")
          .type(CARD)
          .noDefault()
          .name("tags")
          .type(Schema.createMap(Schema.create(Schema.Type.STRING)))
          .noDefault()
          .endRecord();

  private final GenericRecord event = new GenericData.Record(EVENT);

  ExpressionTest() {
    event.put("miles", 7);
    event.put("elapsed", 2.0);
    event.put("to", new Utf8("SAV"));
    event.put("night", true);
    event.put("landed", "2001-02-01T12:30:00Z");
    event.put("departure", Instant.parse("2001-02-01T10:00:00Z").toEpochMilli()); // a Thursday
    GenericRecord card = new GenericData.Record(CARD);
    card.put("country", "CH");
    event.put("card", card);
    event.put("tags", new HashMap<>(Map.of(new Utf8("x"), new Utf8("red"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "miles / 2 ~ 3.5",
        "miles * elapsed + 1 ~ 15",
        "miles % 4 ~ 3",
        "-miles - 1.5 ~ -8.5",
        "7 / 2 ~ 3.5",
        "night ? miles : 0 ~ 7",
        "!night ? miles : 0 ~ 0",
        "miles > 6 && to == 'SAV' ~ 1",
        "miles > 7 || to != 'SAV' ~ 0",
        "to in ['MDW', 'SAV'] ~ 1",
        "miles in [1, 2.0] ~ 0",
        "departure + duration('90m') > timestamp('2001-02-01T11:00:00Z') ~ 1",
        "timestamp(landed) - departure ~ 9000",
        "minutes(timestamp(landed) - departure) ~ 150",
        "(timestamp(landed) - departure) / duration('1h') ~ 2.5",
        "duration('1h30m') * 2 ~ 10800",
        "departure.getHours() ~ 10",
        "departure.getHours('America/New_York') ~ 5",
        "departure.getDayOfWeek() ~ 4",
        "departure.getMonth() ~ 1",
        "abs(-2) + sqrt(16) + min(1, 2) + max(1, 2) + pow(2, 3) ~ 17",
        "floor(2.7) + ceil(2.2) + round(2.5) ~ 7",
        "log(1) + exp(0) ~ 1",
        "size(to) ~ 3",
        "to.startsWith('SA') && to.endsWith('V') && to.contains('A') ~ 1",
        "number('2.5') + number(night) ~ 3.5",
        "string(miles) == '7' ~ 1",
        "lowerCase(to) + '!' == 'sav!' ~ 1",
        "card.country == 'CH' ~ 1",
        "tags['x'] == 'red' ~ 1",
        "field('miles') ~ 7",
        "has(miles) ~ 1",
        "coalesce(miles, 3) ~ 7",
      })
  void worksOut(String text, double expected) throws Exception {
    assertThat(Expression.compile(text, EVENT).number(event)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "miles / 2",
        "miles / 0 + elapsed",
        "2 / (elapsed - elapsed)",
        "elapsed % 0",
        "1e300 * 1e300",
        "sqrt(-1)",
        "log(0)",
        "number('x')",
        "number(to)",
        "miles > 1",
        "miles > 1 && true",
        "miles > 1 || false",
        "miles > 1 ? 1 : 2",
        "timestamp('nonsense' + landed)",
        "size(to)",
        "to == 'SAV'",
        "to in ['SAV']",
        "tags['none'] == 'red'",
      })
  void isMissingWhereSomethingIs(String text) throws Exception {
    event.put("miles", null);
    event.put("to", null);

    assertThat(Expression.compile(text, EVENT).number(event)).isNaN();
  }

  @Test
  void anAnswerThatAMissingFieldCannotChangeIsGiven() throws Exception {
    event.put("miles", null);

    assertThat(number("miles > 1 && false")).isZero();
    assertThat(number("false && miles > 1")).isZero();
    assertThat(number("miles > 1 || true")).isEqualTo(1);
    assertThat(number("has(miles)")).isZero();
    assertThat(number("coalesce(miles, elapsed, 9)")).isEqualTo(2);
  }

  @Test
  void givesTexts() throws Exception {
    assertThat(Expression.compile("night ? to : 'day'", EVENT).text(event)).isEqualTo("SAV");
    assertThat(Expression.compile("string(1.5) + string(night)", EVENT).text(event))
        .isEqualTo("1.5true");
    event.put("to", null);
    assertThat(Expression.compile("to + 'x'", EVENT).text(event)).isNull();
  }

  @Test
  void knowsItsFieldsAndItsType() {
    assertThat(Expression.fields("card.country == tags['x'] && (miles in [1]) || field('a-b') > 0"))
        .containsExactly("card.country", "tags['x']", "miles", "a-b");
    assertThat(Expression.compile("departure - timestamp(landed)", EVENT).type())
        .isEqualTo(Expression.Type.DURATION);
    assertThat(Expression.compile("departure", EVENT).type()).isEqualTo(Expression.Type.TIME);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "elapsed + mils ~ character 11: unknown field 'mils'; did you mean 'miles'?",
        "miles + to ~ character 7: '+' does not go between a number and a text; number(text)",
        "miles > to ~ character 7: a number and a text cannot be compared; number(text)",
        "departure + 30 ~ a time takes a duration, as in departure + duration('30m')",
        "miles && night ~ &&, || and ! take booleans, not a number: compare it, as in x > 0",
        "1 + sqr(miles) ~ character 8: unknown function 'sqr'; did you mean 'sqrt'?",
        "sqrt(to) ~ character 5: sqrt() takes [number], not [text]",
        "duration('30 minutes') ~ is no duration such as 500ms, 30s, 5m, 1h30m or 7d",
        "departure.getHours('Mars') ~ 'Mars' is no time zone such as America/New_York",
        "night ? 1 : 'x' ~ takes a boolean ? one value : another of its type",
        "miles == null ~ null stands for nothing here: write has(field)",
        "card ~ 'card' is neither a number, a boolean, a text, an enum nor a time",
        "miles + ~ character 8: is not of the syntax",
        "miles in [to] ~ the list is to hold constants, each a number",
        "[1].exists(x, x > 0) ~ an expression has fields, numbers, texts, operators",
      })
  void saysWhereAndWhatIsWrong(String text, String message) {
    assertThatThrownBy(() -> Expression.compile(text, EVENT))
        .isInstanceOf(ExpressionException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesWhatIsTooLongOrTooDeep() {
    assertThatThrownBy(() -> Expression.compile("1" + "+1".repeat(1000), EVENT))
        .isInstanceOf(ExpressionException.class)
        .hasMessageContaining("longer than 2000 characters");
    assertThatThrownBy(() -> Expression.compile("(".repeat(900) + "1" + ")".repeat(900), EVENT))
        .isInstanceOf(ExpressionException.class);
  }

  private double number(String text) throws Exception {
    return Expression.compile(text, EVENT).number(event);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;

class FieldPathTest {

  private static final Schema CARD =
      SchemaBuilder.record("Card").fields().optionalString("country").endRecord();
  private static final Schema PAYMENT =
      SchemaBuilder.record("Payment")
          .fields()
          .requiredDouble("amount")
          .name("card")
          .type()
          .optional()
          .type(CARD)
          .name("tags")
          .type()
          .map()
          .values()
          .intType()
          .noDefault()
          .endRecord();

  @Test
  void readsFieldsNestedFieldsAndMapEntries() {
    GenericRecord card = new GenericData.Record(CARD);
    card.put("country", "NZ");
    GenericRecord payment = new GenericData.Record(PAYMENT);
    payment.put("amount", 3.5);
    payment.put("card", card);
    payment.put("tags", Map.of(new Utf8("a b"), 7));

    assertThat(FieldPath.of("amount", PAYMENT).read(payment)).isEqualTo(3.5);
    assertThat(FieldPath.of("card.country", PAYMENT).read(payment)).isEqualTo("NZ");
    assertThat(FieldPath.of("tags['a b']", PAYMENT).read(payment)).isEqualTo(7);
    assertThat(FieldPath.of("tags['c']", PAYMENT).read(payment)).isNull();
    assertThat(FieldPath.of("card.country", PAYMENT).type().getType())
        .isEqualTo(Schema.Type.STRING);
  }

  @Test
  void aNullOnTheWayIsMissing() {
    GenericRecord payment = new GenericData.Record(PAYMENT);
    payment.put("amount", 3.5);

    assertThat(FieldPath.of("card.country", PAYMENT).read(payment)).isNull();
  }

  @Test
  void namesTheFieldThatWasMeant() {
    assertThatThrownBy(() -> FieldPath.of("amonut", PAYMENT))
        .isInstanceOf(FieldPathException.class)
        .hasMessage(
            "unknown field 'amonut'; did you mean 'amount'? (Payment has amount, card, tags)");
    assertThatThrownBy(() -> FieldPath.of("card.county", PAYMENT))
        .hasMessage("unknown field 'card.county'; did you mean 'country'? (Card has country)");
    assertThatThrownBy(() -> FieldPath.of("amount.x", PAYMENT))
        .hasMessage("'amount' is a double, not a record, so it has no field 'x'");
    assertThatThrownBy(() -> FieldPath.of("amount['x']", PAYMENT))
        .hasMessage("'amount' is a double, not a map, so it has no entry 'x'");
  }

  @Test
  void takesTheValueListOfTextOnly() {
    Schema.Field text =
        new Schema.Field("day", SchemaBuilder.unionOf().nullType().and().stringType().endUnion());
    Schema.Field kind = new Schema.Field("kind", Schema.createEnum("K", null, null, List.of("A")));
    text.addProp(Nominal.PROPERTY, List.of("1", "7"));
    kind.addProp(Nominal.PROPERTY, List.of("other"));
    Schema row = Schema.createRecord("Row", null, null, false, List.of(text, kind));

    assertThat(Nominal.values(FieldPath.of("day", row).type())).contains(List.of("1", "7"));
    assertThat(Nominal.values(FieldPath.of("kind", row).type())).contains(List.of("A"));
  }

  @Test
  void refusesWhatIsNoPath() {
    for (String text :
        new String[] {
          "", ".", ".amount", "amount.", "a..b", "['x']", "tags['x", "tags[x]", "tags['x']y"
        }) {
      assertThatThrownBy(() -> FieldPath.of(text, PAYMENT))
          .as(text)
          .isInstanceOf(FieldPathException.class);
    }
  }
}

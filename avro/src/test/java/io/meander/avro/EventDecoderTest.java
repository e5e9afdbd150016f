/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class EventDecoderTest {

  private static final Schema FLIGHT =
      SchemaBuilder.record("Flight")
          .fields()
          .requiredString("origin")
          .requiredInt("distance")
          .optionalInt("delay")
          .endRecord();

  private final EventDecoder decoder = new EventDecoder(FLIGHT);

  @Test
  void readsPlainBinary() throws Exception {
    assertThat(decoder.decode(plain(flight()))).isEqualTo(flight());
  }

  @Test
  void readsSingleObjectEncoding() throws Exception {
    assertThat(decoder.decode(singleObject(flight()))).isEqualTo(flight());
  }

  @Test
  void refusesARecordThatEndsTooEarly() throws Exception {
    byte[] bytes = plain(flight());

    for (int length = 0; length < bytes.length; length++) {
      byte[] cutOff = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> decoder.decode(cutOff)).isInstanceOf(MalformedEventException.class);
    }
    assertThatThrownBy(() -> decoder.decode(Arrays.copyOf(bytes, 3)))
        .hasMessageContaining("ends too early, after 3 bytes");
    assertThat(decoder.decode(bytes)).isEqualTo(flight());
  }

  @Test
  void refusesBytesLeftOver() throws Exception {
    byte[] bytes = plain(flight());

    assertThatThrownBy(() -> decoder.decode(Arrays.copyOf(bytes, bytes.length + 1)))
        .isInstanceOf(MalformedEventException.class)
        .hasMessageContaining("left over");
  }

  @Test
  void saysThatAnotherSchemaWrote() throws Exception {
    Schema other = SchemaBuilder.record("Flight").fields().requiredString("origin").endRecord();
    GenericRecord record = new GenericData.Record(other);
    record.put("origin", "ATL");
    byte[] bytes = new byte[64];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    var buffer = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), other).encode(record);
    buffer.get(bytes, 0, buffer.remaining());
    out.write(bytes, 0, buffer.limit());

    assertThatThrownBy(() -> decoder.decode(out.toByteArray()))
        .isInstanceOf(MalformedEventException.class)
        .hasMessageContaining("under another schema");
  }

  @Test
  void readsAPlainEventWhoseFirstNumberLooksLikeTheMarker() throws Exception {
    Schema delays = SchemaBuilder.record("Delays").fields().requiredInt("delay").endRecord();
    byte[] minus98 = {(byte) 0xC3, 0x01};

    assertThat(new EventDecoder(delays).decode(minus98).get("delay")).isEqualTo(-98);
  }

  @Test
  void refusesAnEnumSymbolAndAUnionBranchThatTheSchemaLacks() {
    Schema schema =
        SchemaBuilder.record("Small")
            .fields()
            .name("kind")
            .type()
            .enumeration("Kind")
            .symbols("A", "B")
            .noDefault()
            .optionalInt("number")
            .endRecord();
    EventDecoder small = new EventDecoder(schema);

    assertThatThrownBy(() -> small.decode(new byte[] {4, 0}))
        .isInstanceOf(MalformedEventException.class);
    assertThatThrownBy(() -> small.decode(new byte[] {0, 6}))
        .isInstanceOf(MalformedEventException.class);
  }

  @Test
  void refusesLengthsAndCountsThatTheBytesCannotHold() throws Exception {
    for (Schema type :
        new Schema[] {
          Schema.create(Schema.Type.STRING),
          Schema.create(Schema.Type.BYTES),
          SchemaBuilder.array().items().doubleType(),
          SchemaBuilder.array().items().nullType(),
          SchemaBuilder.map().values().stringType()
        }) {
      Schema schema =
          SchemaBuilder.record("Many").fields().name("items").type(type).noDefault().endRecord();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      EncoderFactory.get().directBinaryEncoder(out, null).writeLong(2_000_000_000L);

      assertThatThrownBy(() -> new EventDecoder(schema).decode(out.toByteArray()))
          .as(type.toString())
          .isInstanceOf(MalformedEventException.class);
    }
  }

  @Test
  void refusesNestingWithoutEnd() throws Exception {
    Schema chain =
        SchemaBuilder.record("Chain")
            .fields()
            .name("next")
            .type()
            .optional()
            .type("Chain")
            .endRecord();
    byte[] bytes = new byte[1_000_000];
    Arrays.fill(bytes, (byte) 2);

    EventDecoder chains = new EventDecoder(chain);

    assertThatThrownBy(() -> chains.decode(bytes))
        .isInstanceOf(MalformedEventException.class)
        .hasMessageContaining("nests too deeply");
    assertThat(chains.decode(new byte[] {2, 0})).hasToString("{\"next\": {\"next\": null}}");
  }

  @Test
  void takesRecordSchemasOnly() {
    assertThatThrownBy(() -> new EventDecoder(Schema.create(Schema.Type.LONG)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a record, not a long");
  }

  private static GenericRecord flight() {
    GenericRecord flight = new GenericData.Record(FLIGHT);
    flight.put("origin", new org.apache.avro.util.Utf8("ATL"));
    flight.put("distance", 215);
    flight.put("delay", -13);
    return flight;
  }

  private static byte[] plain(GenericRecord record) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(FLIGHT).write(record, encoder);
    return out.toByteArray();
  }

  private static byte[] singleObject(GenericRecord record) throws IOException {
    var buffer = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), FLIGHT).encode(record);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}

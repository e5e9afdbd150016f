/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.Nominal;
import io.meander.spec.FileKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFileTest {

  @TempDir Path folder;

  @Test
  void infersACsvFilesSchema() throws IOException {
    Path file =
        write(
            "a.csv",
            """
            id,price,when,late,to,att-1,empty
            1,2.5,2001-01-01T00:01Z,true,SAV,x,
            2,?,2001-01-01 00:02:00,false,MDW,NA,
            -3,1e3,,,SAV,"y, z",
            """);

    try (EventFile events = EventFile.open(file)) {
      Schema schema = events.schema();
      assertThat(events.kind()).isEqualTo(FileKind.CSV);
      assertThat(schema.getFields())
          .extracting(f -> f.name() + " " + f.schema().getTypes().get(1).getType())
          .containsExactly(
              "id LONG",
              "price DOUBLE",
              "when LONG",
              "late BOOLEAN",
              "to STRING",
              "att_1 STRING",
              "empty STRING");
      assertThat(schema.getField("to").getObjectProp(Nominal.PROPERTY))
          .isEqualTo(List.of("SAV", "MDW"));
      assertThat(schema.getField("empty").getObjectProp(Nominal.PROPERTY)).isNull();
      List<EventFile.Row> rows = all(events);
      assertThat(rows)
          .extracting(r -> r.record().toString().replace(" ", ""))
          .containsExactly(
              "{\"id\":1,\"price\":2.5,\"when\":\"2001-01-01T00:01:00Z\",\"late\":true,\"to\":\"SAV\",\"att_1\":\"x\",\"empty\":null}"
                  .replace("\"2001-01-01T00:01:00Z\"", "978307260000"),
              "{\"id\":2,\"price\":null,\"when\":978307320000,\"late\":false,\"to\":\"MDW\",\"att_1\":null,\"empty\":null}",
              "{\"id\":-3,\"price\":1000.0,\"when\":null,\"late\":null,\"to\":\"SAV\",\"att_1\":\"y,z\",\"empty\":null}");
    }
  }

  @Test
  void aTextWithManyValuesIsNotNominal() throws IOException {
    StringBuilder text = new StringBuilder("name\n");
    for (int i = 0; i < 65; i++) {
      text.append("n").append(i).append('\n');
    }

    try (EventFile events = EventFile.open(write("a.csv", text.toString()))) {
      assertThat(events.schema().getField("name").getObjectProp(Nominal.PROPERTY)).isNull();
    }
  }

  @Test
  void readsACsvFileByADeclaredSchema() throws IOException {
    Schema schema =
        SchemaBuilder.record("R").fields().requiredInt("n").optionalString("s").endRecord();
    Path file = write("a.csv", "s,n\nx,1\n,2\nx,three\nx,\nx\n");

    try (EventFile events = EventFile.open(file, schema)) {
      List<EventFile.Row> rows = all(events);
      assertThat(rows.get(0).record().get("n")).isEqualTo(1);
      assertThat(rows.get(1).record().get("s")).isNull();
      assertThat(rows.subList(2, 5))
          .extracting(EventFile.Row::unreadable)
          .containsExactly(
              "column 'n' is 'three', not a whole number of 32 bits",
              "column 'n' is missing, and its type int has no null",
              "has 1 columns, the header has 2");
      assertThat(rows.get(2).text()).isEqualTo("x,three");
    }
    assertThatThrownBy(() -> EventFile.open(write("b.csv", "s,m\nx,1\n"), schema))
        .isInstanceOf(EventFileException.class)
        .hasMessageContaining(
            "has a column 'm' that is no field of the schema R; did you mean 'n'");
    assertThatThrownBy(() -> EventFile.open(write("c.csv", "s\nx\n"), schema))
        .hasMessageContaining("has no column 'n', a field of the schema R");
  }

  @Test
  void readsArff() throws IOException {
    Path file =
        write(
            "a.arff",
            """
            % a comment
            @relation test
            @attribute 'two words' numeric
            @ATTRIBUTE day {1, '2', "it's"}
            @attribute class {UP,DOWN}

            @data
            1.5, 2 , UP
            ?, "it's",DOWN
            % another
            1e-3,'it\\'s',?
            x,1,UP
            1,1
            {1 2}
            """);

    try (EventFile events = EventFile.open(file)) {
      assertThat(events.kind()).isEqualTo(FileKind.ARFF);
      assertThat(events.schema().getFields())
          .extracting(Schema.Field::name)
          .containsExactly("two_words", "day", "class");
      assertThat(events.schema().getField("day").getObjectProp(Nominal.PROPERTY))
          .isEqualTo(List.of("1", "2", "it's"));
      List<EventFile.Row> rows = all(events);
      assertThat(rows.subList(0, 3))
          .extracting(r -> r.record().toString())
          .containsExactly(
              "{\"two_words\": 1.5, \"day\": \"2\", \"class\": \"UP\"}",
              "{\"two_words\": null, \"day\": \"it's\", \"class\": \"DOWN\"}",
              "{\"two_words\": 0.001, \"day\": \"it's\", \"class\": null}");
      assertThat(rows.subList(3, 6))
          .extracting(EventFile.Row::unreadable)
          .containsExactly(
              "column 'two_words' is 'x', not a number",
              "has 2 columns, the header has 3",
              "is sparse; only dense rows are read");
    }
  }

  @Test
  void readsArffAsMoaDoesWhereCommentsAndQuotesMatter() throws IOException {
    Path file =
        write(
            "a.arff",
            """
            @relation r % trailing
            @attribute\tregion {EU, NA, '?', '50%'} % regions
            @attribute n integer [0,5]
            @DATA % rows
            NA,\t1 % one
            ?,2
            '?',?
            '50%',NaN
            EU,NA
            """);

    try (EventFile events = EventFile.open(file)) {
      assertThat(events.schema().getField("region").getObjectProp(Nominal.PROPERTY))
          .isEqualTo(List.of("EU", "NA", "?", "50%"));
      List<EventFile.Row> rows = all(events);
      assertThat(rows.subList(0, 4))
          .extracting(r -> r.record().get("region") + " " + r.record().get("n"))
          .containsExactly("NA 1.0", "null 2.0", "? null", "50% NaN");
      assertThat(rows.get(4).unreadable()).isEqualTo("column 'n' is 'NA', not a number");
      assertThat(rows).hasSize(5);
    }
  }

  @Test
  void saysWhichArffItDoesNotRead() throws IOException {
    assertThatThrownBy(() -> EventFile.open(write("a.arff", "@relation x\n@attribute s string\n")))
        .hasMessageContaining("line 2: attributes of type string are not read");
    assertThatThrownBy(() -> EventFile.open(write("b.arff", "a,b\n1,2\n")))
        .hasMessageContaining("line 1: found 'a,b'");
    assertThatThrownBy(() -> EventFile.open(write("c.arff", "@relation x\n")))
        .hasMessageContaining("has no @data");
  }

  @Test
  void readsAvro() throws IOException {
    Schema schema = SchemaBuilder.record("R").fields().requiredInt("n").endRecord();
    Path file = folder.resolve("a.avro");
    try (var writer =
        new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(schema))
            .create(schema, file.toFile())) {
      for (int i = 0; i < 3; i++) {
        GenericRecord record = new GenericData.Record(schema);
        record.put("n", i);
        writer.append(record);
      }
    }

    try (EventFile events = EventFile.open(file)) {
      assertThat(events.schema()).isEqualTo(schema);
      assertThat(all(events)).extracting(r -> r.record().get("n")).containsExactly(0, 1, 2);
    }
    byte[] bytes = Files.readAllBytes(file);
    Path cut = Files.write(folder.resolve("cut.avro"), Arrays.copyOf(bytes, bytes.length - 18));
    try (EventFile events = EventFile.open(cut)) {
      assertThatThrownBy(() -> all(events))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cut off within its last block");
    }
  }

  @Test
  void readsGzippedFilesAndNoticesThoseCutOff() throws IOException {
    StringBuilder text = new StringBuilder("n\n");
    for (int i = 0; i < 50_000; i++) {
      text.append(i * 7919 % 10_007).append('\n');
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }
    Path whole = Files.write(folder.resolve("a.csv.gz"), bytes.toByteArray());
    Path cut =
        Files.write(
            folder.resolve("cut.csv.gz"), Arrays.copyOf(bytes.toByteArray(), bytes.size() - 500));

    try (EventFile events = EventFile.open(whole)) {
      assertThat(all(events)).hasSize(50_000);
    }
    try (EventFile events = EventFile.open(cut)) {
      assertThatThrownBy(() -> all(events))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("cut off");
    }
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    assertThatThrownBy(() -> EventFile.open(folder.resolve("none.csv")))
        .isInstanceOf(EventFileException.class)
        .hasMessageStartingWith("there is no file");
    assertThatThrownBy(() -> EventFile.open(folder.resolve("a.parquet")))
        .hasMessageContaining("unknown kind; allowed: .csv, .arff and .avro");
    for (String name : new String[] {"e.csv", "e.arff", "e.avro", "e.csv.gz"}) {
      Path empty = Files.createFile(folder.resolve(name));
      assertThatThrownBy(() -> EventFile.open(empty))
          .as(name)
          .isInstanceOf(EventFileException.class)
          .hasMessageContaining("empty");
    }
  }

  @Test
  void refusesTextFilesThatHoldSomethingElse() throws IOException {
    Path gzip = Files.write(folder.resolve("g.csv"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0});
    assertThatThrownBy(() -> EventFile.open(gzip))
        .isInstanceOf(EventFileException.class)
        .hasMessageContaining("holds another kind of file than its name says: .gz");
    assertThatThrownBy(() -> EventFile.open(write("p.arff", "PAR1 and more")))
        .hasMessageContaining("Parquet, which is not read");
    assertThatThrownBy(() -> EventFile.open(write("s.csv", "a;b\n1;2\n")))
        .isInstanceOf(EventFileException.class)
        .hasMessageContaining("parted by ';'; only commas are read");
    assertThatThrownBy(() -> EventFile.open(write("h.csv", "a,b\n")))
        .isInstanceOf(EventFileException.class)
        .hasMessageContaining("no rows under its header");
  }

  @Test
  void aRowWithABrokenQuoteIsUnreadableAndTheNextIsRead() throws IOException {
    try (EventFile events = EventFile.open(write("q.csv", "n,s\n1,x\n2,\"y\"z\n3,x\n"))) {
      List<EventFile.Row> rows = all(events);
      assertThat(rows.get(1).text()).isEqualTo("2,\"y\"z");
      assertThat(rows.get(1).unreadable()).startsWith("has text after a closing quote");
      assertThat(rows.get(2).record().get("n")).isEqualTo(3L);
      assertThat(rows).hasSize(3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "electricity_tiny.arff, 2000, 7",
    "keystroke.arff, 1600, 11",
    "elecNormNew.arff.gz, 45312, 9",
    "nab_keyed.csv.gz, 365558, 4",
  })
  void readsRealFilesWhole(String name, int rows, int columns) throws IOException {
    Path file = Path.of(System.getProperty("meander.root"), "..", "shared", "data", name);
    Assumptions.assumeTrue(
        Files.exists(file),
        () -> "skipped: reference file " + name + " is not beside the checkout");

    try (EventFile events = EventFile.open(file)) {
      assertThat(events.schema().getFields()).hasSize(columns);
      assertThat(all(events)).hasSize(rows).allMatch(row -> row.unreadable() == null);
    }
  }

  private static List<EventFile.Row> all(EventFile file) {
    List<EventFile.Row> rows = new ArrayList<>();
    file.rows().forEachRemaining(rows::add);
    return rows;
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}

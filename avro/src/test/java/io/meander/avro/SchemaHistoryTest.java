/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.avro;

import static java.util.stream.Collectors.toMap;
import static org.apache.avro.SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaParser;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the records to FULL_TRANSITIVE compatibility with every release. Its schemas are stored
 * under {@code schemas/<version>}, and never changed once the version is out.
 */
class SchemaHistoryTest {
  private static final Map<String, Schema> NOW =
      AvroEncodingTest.records().stream()
          .map(SpecificRecordBase::getSchema)
          .collect(toMap(Schema::getFullName, Function.identity()));

  /** A schema as a release had it. */
  record Stored(String release, String name, Schema schema) {
    @Override
    public String toString() {
      return name + " of " + release;
    }
  }

  static List<Stored> stored() throws Exception {
    Path root = Path.of(SchemaHistoryTest.class.getResource("/schemas").toURI());
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).sorted().map(SchemaHistoryTest::read).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("stored")
  void todaysReaderTakesWhatTheReleaseWrote(Stored stored) {
    assertCompatible(NOW.get(stored.schema().getFullName()), stored.schema());
  }

  @ParameterizedTest
  @MethodSource("stored")
  void theReleasesReaderTakesWhatIsWrittenToday(Stored stored) {
    assertCompatible(stored.schema(), NOW.get(stored.schema().getFullName()));
  }

  @Test
  void theFirstReleaseStoredEveryRecord() throws Exception {
    assertThat(stored().stream().filter(s -> s.release().equals("0.1.0")))
        .extracting(s -> s.schema().getFullName())
        .containsExactlyInAnyOrderElementsOf(NOW.keySet());
  }

  /** Until 0.1.0 is out its stored schemas follow the code; afterwards this test goes. */
  @ParameterizedTest
  @MethodSource("stored")
  void theComingReleaseIsStoredAsItIs(Stored stored) throws IOException {
    Path source = Path.of("src/main/avro", stored.name() + ".avsc");
    assertThat(stored.schema())
        .as("%s differs from %s: copy the file, its contract has changed", stored, source)
        .isEqualTo(new SchemaParser().parse(source).mainSchema());
  }

  @Test
  void anotherCommandOrEnumSymbolStaysCompatibleBothWays() {
    for (String growth :
        List.of(
            NOW.get("io.meander.avro.ControlCommand")
                .toString()
                .replaceFirst(
                    "\\{\"name\":\"deploy\"",
                    "{\"name\":\"another\",\"type\":[\"null\",\"int\"],\"default\":null},"
                        + "{\"name\":\"deploy\""),
            NOW.get("io.meander.avro.DriftEvent")
                .toString()
                .replace("\"STOP_LEARNING\"]", "\"STOP_LEARNING\",\"OTHER\"]"),
            NOW.get("io.meander.avro.ModelSnapshot")
                .toString()
                .replace("\"END\"]", "\"END\",\"CONTROL\"]"))) {
      Schema grown = new SchemaParser().parse(growth).mainSchema();
      Schema now = NOW.get(grown.getFullName());
      assertThat(grown).isNotEqualTo(now);
      assertCompatible(now, grown);
      assertCompatible(grown, now);
    }
  }

  @Test
  void everyRecordAndFieldIsDocumented() {
    NOW.values().forEach(SchemaHistoryTest::assertDocumented);
  }

  private static void assertCompatible(Schema reader, Schema writer) {
    assertThat(reader).isNotNull();
    assertThat(writer).isNotNull();
    SchemaCompatibility.SchemaPairCompatibility pair =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    assertThat(pair.getType()).as(pair.getDescription()).isEqualTo(COMPATIBLE);
  }

  private static void assertDocumented(Schema schema) {
    switch (schema.getType()) {
      case RECORD -> {
        assertThat(schema.getDoc()).as(schema.getFullName()).isNotBlank();
        for (Schema.Field field : schema.getFields()) {
          assertThat(field.doc()).as(schema.getName() + "." + field.name()).isNotBlank();
          assertDocumented(field.schema());
        }
      }
      case ENUM -> assertThat(schema.getDoc()).as(schema.getFullName()).isNotBlank();
      case ARRAY -> assertDocumented(schema.getElementType());
      case MAP -> assertDocumented(schema.getValueType());
      case UNION -> schema.getTypes().forEach(SchemaHistoryTest::assertDocumented);
      default -> {}
    }
  }

  private static Stored read(Path file) {
    try {
      Schema schema = new SchemaParser().parse(file).mainSchema();
      return new Stored(file.getParent().getFileName().toString(), schema.getName(), schema);
    } catch (IOException e) {
      throw new AssertionError(file + " cannot be read", e);
    }
  }
}

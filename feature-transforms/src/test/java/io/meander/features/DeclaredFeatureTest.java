/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.FeatureSpec.Remembered;
import io.meander.features.history.HistoryForm;
import io.meander.features.history.Stat;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

/** Declarations as text: their notation is stored, so that it stays. */
class DeclaredFeatureTest {

  private static final List<FeatureSpec> FORMS =
      List.of(
          new FeatureSpec.Plain("x", "card.x"),
          new FeatureSpec.Nominal("kind", "kind", List.of("a", "\"b\""), "other"),
          new FeatureSpec.Hashed("to", "to", 64, FeatureSpec.Hashed.Form.SIGNED),
          new FeatureSpec.Cyclic("hour", "at", Duration.ofDays(1), ZoneId.of("Europe/Berlin")),
          new FeatureSpec.Value("v", "x * 2.0", List.of(), null),
          new FeatureSpec.Log("l", "x", 0.1),
          new FeatureSpec.Clipped("c", "x", Double.NEGATIVE_INFINITY, 1e300),
          new FeatureSpec.Bucketized("b", "x", List.of(0.1, 2.0)),
          new FeatureSpec.Crossed("cross", List.of("kind", "to"), 8),
          new FeatureSpec.Calendar("m", "at", FeatureSpec.Calendar.Part.MONTH, ZoneOffset.UTC),
          new FeatureSpec.Ngrams("n", "to", FeatureSpec.Ngrams.Unit.WORDS, 2, 16),
          new FeatureSpec.Imputed(
              new FeatureSpec.Plain("x", "x"), MissingPolicy.MEAN, Double.NaN, true),
          remembered(new HistoryForm.Window(Stat.MEAN, 0, Duration.ofHours(1), 12)),
          remembered(new HistoryForm.Sketched(Stat.DISTINCT, 0, Duration.ofHours(1), 12, 128)),
          remembered(new HistoryForm.LastN(Stat.QUANTILE, 0.5, 100)),
          remembered(new HistoryForm.Lag(2, true)),
          remembered(new HistoryForm.Since()),
          remembered(new HistoryForm.Weighted(null, 10)),
          remembered(new HistoryForm.Weighted(Duration.ofMinutes(5), 0)),
          remembered(new HistoryForm.Scaled(true)),
          remembered(new HistoryForm.Seen(64)),
          new Remembered(
              "t",
              "to",
              true,
              new FeatureSpec.Range(0, 10),
              "yes",
              new HistoryForm.Target(16, 2.5)),
          new FeatureSpec.GeoCell("g", List.of("lat", "lon"), 12, 64),
          new Transformed(
              "d",
              "distance",
              3,
              "com.example.Distance",
              List.of("x", "y"),
              Map.of("unit", "km", "power", 0.1, "fast", true, "at", List.of(1.0, 2.5))));

  private static Remembered remembered(HistoryForm form) {
    return new Remembered("r", "x", false, FeatureSpec.Range.ALL, null, form);
  }

  @Test
  void everyFormComesBackFromItsText() {
    for (FeatureSpec form : FORMS) {
      DeclaredFeature feature = new DeclaredFeature(form, MissingPolicy.MEAN);
      assertThat(DeclaredFeature.of(feature.text())).isEqualTo(feature);
    }
  }

  @Test
  void knowsEveryFormThatThereIs() {
    Set<String> tried = new TreeSet<>();
    FORMS.forEach(form -> tried.add(form.getClass().getSimpleName()));
    Stream.of(FORMS)
        .flatMap(List::stream)
        .filter(Remembered.class::isInstance)
        .forEach(form -> tried.add(((Remembered) form).form().getClass().getSimpleName()));

    assertThat(tried)
        .containsAll(records(FeatureSpec.class).toList())
        .containsAll(records(HistoryForm.class).toList());
  }

  private static Stream<String> records(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type.getSimpleName())
        : Arrays.stream(type.getPermittedSubclasses()).flatMap(DeclaredFeatureTest::records);
  }

  @Test
  void theNotationIsFixed() {
    assertThat(new DeclaredFeature(FORMS.get(3), MissingPolicy.KEEP).text())
        .isEqualTo(
            "{\"missing\":\"KEEP\",\"feature\":{\"is\":\"Cyclic\",\"name\":\"hour\","
                + "\"field\":\"at\",\"period\":\"PT24H\",\"zone\":\"Europe/Berlin\"}}");
    assertThat(new DeclaredFeature(FORMS.get(12), MissingPolicy.LAST).text())
        .isEqualTo(
            "{\"missing\":\"LAST\",\"feature\":{\"is\":\"Remembered\",\"name\":\"r\","
                + "\"field\":\"x\",\"ofLabels\":false,\"clip\":{\"is\":\"Range\","
                + "\"low\":\"-Infinity\",\"high\":\"Infinity\"},\"classOrNull\":null,"
                + "\"form\":{\"is\":\"Window\",\"stat\":\"MEAN\",\"share\":0.0,"
                + "\"last\":\"PT1H\",\"panes\":12}}}");
  }

  @Test
  void saysWhatItDoesNotKnow() {
    assertThatThrownBy(() -> DeclaredFeature.of("{\"feature\":{\"is\":\"Magic\"}}"))
        .hasMessage("this release knows no FeatureSpec 'Magic'");
    assertThatThrownBy(() -> DeclaredFeature.of("{\"feature\":{\"is\":\"Log\",\"name\":\"l\"}}"))
        .hasMessage("Log lacks field");
    assertThatThrownBy(() -> DeclaredFeature.of("x * 2")).hasMessageContaining("'x * 2'");
  }

  @Test
  void theFingerprintIsOfTheWholeDeclaration() {
    Schema event = SchemaBuilder.record("e").fields().requiredDouble("x").endRecord();
    FeatureSchema schema = schema(event, "x * 2.0", MissingPolicy.KEEP);

    assertThat(schema(event, "x * 2.0", MissingPolicy.KEEP).fingerprint())
        .isEqualTo(schema.fingerprint());
    assertThat(schema(event, "x * 3.0", MissingPolicy.KEEP).fingerprint())
        .isNotEqualTo(schema.fingerprint());
    assertThat(schema(event, "x * 2.0", MissingPolicy.ZERO).fingerprint())
        .isNotEqualTo(schema.fingerprint());
    assertThat(schema.features())
        .containsExactly(
            new DeclaredFeature(
                new FeatureSpec.Value("v", "x * 2.0", List.of(), null), MissingPolicy.KEEP));
  }

  private static FeatureSchema schema(Schema event, String expression, MissingPolicy missing) {
    return FeatureTransform.compile(
            List.of(new FeatureSpec.Value("v", expression, List.of(), null)), event, missing)
        .schema();
  }
}

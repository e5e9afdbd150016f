/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AvroEncodingTest {

  private static final Instant TIME = Instant.ofEpochMilli(978_307_260_000L);

  private static Map<String, Object> withNull(
      String number, double value, String nominal, String text, String missing) {
    Map<String, Object> features = new HashMap<>();
    features.put(number, value);
    features.put(nominal, text);
    features.put(missing, null);
    return features;
  }

  static List<SpecificRecordBase> records() {
    return List.of(
        new Prediction(
            "p1",
            "flights",
            "e1",
            "ATL",
            TIME,
            "yes",
            Map.of("yes", 0.75, "no", 0.25),
            "hat",
            1L,
            7L,
            0L,
            1L,
            "no",
            "all",
            "00ff",
            withNull("distance", 12.5, "to", "ORD", "gap")),
        new DriftEvent(
            "flights",
            "ATL",
            "hat",
            1L,
            "ADWINChangeDetector",
            DriftLevel.DRIFT,
            64L,
            TIME,
            0.1,
            0.3,
            DriftAction.SWITCH,
            "arf",
            "distance",
            FeatureMeasure.VALUE,
            new PromotionEvidence(0.1, 8L, 1L, 0.9)),
        new Evaluation(
            "flights",
            EvaluationScope.OVERALL_TOTAL,
            null,
            "served",
            1L,
            10L,
            10L,
            80.0,
            null,
            -3.5,
            null,
            0.4,
            2.5,
            3.5,
            0.75,
            TIME,
            "origin|destination",
            "ATL|ORD",
            0.7,
            0.01,
            Map.of("yes", new ClassFigures(50.0, null, null)),
            0.3,
            0.02,
            List.of(new ReliabilityBin(0.9, 1.0, 10L, 0.95, 0.8)),
            new FadedFigures(81.0, 1.0, -2.0, 0.5, null, null, null, 54.5),
            3L,
            4L),
        new ModelSnapshot(
            "flights",
            "ATL",
            "hat",
            1L,
            2L,
            1L,
            1L,
            250L,
            "hat",
            Map.of("hat", 1.5),
            SnapshotCause.DRIFT,
            100L,
            null,
            TIME,
            List.of(new TopicOffset("flights", 3, 41L)),
            null,
            new SnapshotMetrics(
                100L, 80.0, 1.0, 2.0, 3.0, 0.5, 2.5, 3.5, 0.75, 0.9, 60.0, 50.0, 54.5),
            0.7,
            "trees.HoeffdingTree",
            1,
            "2024.07.0",
            List.of(new FeatureColumn("to", List.of("a", "b"), "")),
            "00ff",
            List.of("no", "yes"),
            "classification",
            1,
            12L,
            3L,
            ByteBuffer.wrap(new byte[] {1, 2, 3}),
            null,
            ByteBuffer.wrap(new byte[] {4})),
        ControlCommand.newBuilder()
            .setCommandId("c1")
            .setPipeline("flights")
            .setIssuedAt(TIME)
            .setDeploy(
                new Deploy(
                    List.of(
                        new SlotDeclaration("nb", "bayes.NaiveBayes", 1, null, null, "restart")),
                    "nb",
                    null,
                    null,
                    null,
                    List.of()))
            .build(),
        new ControlAck("c1", "flights", true, 2L, null, TIME, null, null, null, null),
        new ModelUpdate(
            "flights",
            "ATL",
            UpdateKind.FACTS,
            7L,
            3L,
            5L,
            1L,
            "hat",
            List.of(new SlotState("hat", 2L, 40L, 3L)),
            TIME,
            TIME,
            1,
            "2024.07.0",
            "00ff00ff00ff00ff",
            "classification",
            List.of("no", "yes"),
            12L,
            2L,
            ByteBuffer.wrap(new byte[] {1, 2}),
            null,
            ByteBuffer.wrap(new byte[] {3})),
        new Reject(
            "flights",
            "unknown-class",
            "found 'maybe'",
            "flights",
            3,
            12L,
            TIME,
            null,
            ByteBuffer.wrap(new byte[] {9}),
            null));
  }

  @ParameterizedTest
  @MethodSource("records")
  void comesBackAsItWas(SpecificRecordBase record) throws MalformedEventException {
    byte[] bytes = AvroEncoding.encode(record);

    assertThat(Arrays.copyOf(bytes, 2)).containsExactly(0xC3, 0x01);
    assertThat(AvroEncoding.decode(bytes, record.getClass())).isEqualTo(record);
  }

  @ParameterizedTest
  @MethodSource("records")
  void refusesWhatBreaksOff(SpecificRecordBase record) {
    byte[] bytes = AvroEncoding.encode(record);

    for (int length = 0; length < bytes.length; length++) {
      byte[] cutOff = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> AvroEncoding.decode(cutOff, record.getClass()))
          .as("%d of %d bytes", length, bytes.length)
          .isInstanceOf(MalformedEventException.class)
          .hasMessageStartingWith("not a " + record.getClass().getSimpleName());
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void refusesBytesLeftOver(SpecificRecordBase record) {
    byte[] bytes = AvroEncoding.encode(record);

    assertThatThrownBy(
            () -> AvroEncoding.decode(Arrays.copyOf(bytes, bytes.length + 1), record.getClass()))
        .isInstanceOf(MalformedEventException.class)
        .hasMessageContaining("left over");
  }

  @Test
  void trustsThisModulesRecordsOnlyAndNeedsNoSystemProperty() throws Exception {
    assertThat(System.getProperties().stringPropertyNames())
        .noneMatch(name -> name.startsWith("org.apache.avro"));

    for (SpecificRecordBase record : records()) {
      AvroEncoding.decode(AvroEncoding.encode(record), record.getClass());
    }

    assertThat(ClassSecurityValidator.getGlobal().isTrusted(SnapshotMetrics.class)).isTrue();
    assertThat(ClassSecurityValidator.getGlobal().isTrusted(String.class)).isTrue();
    assertThat(ClassSecurityValidator.getGlobal().isTrusted(AvroEncoding.class)).isFalse();
    assertThat(ClassSecurityValidator.getGlobal().isTrusted(Thread.class)).isFalse();
  }

  @Test
  void refusesAnotherRecord() {
    byte[] ack = AvroEncoding.encode(records().get(5));

    assertThatThrownBy(() -> AvroEncoding.decode(ack, Reject.class))
        .isInstanceOf(MalformedEventException.class);
  }

  @Test
  void everyRecordOfTheModuleIsCovered() throws java.io.IOException {
    try (var files = java.nio.file.Files.list(java.nio.file.Path.of("src/main/avro"))) {
      assertThat(files.map(f -> f.getFileName().toString().replace(".avsc", "")))
          .containsExactlyInAnyOrderElementsOf(
              records().stream().map(r -> r.getClass().getSimpleName()).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void everyFieldSaysWhatItIs(SpecificRecordBase record) {
    assertThat(record.getSchema().getDoc()).isNotBlank();
    assertThat(record.getSchema().getFields())
        .allSatisfy(field -> assertThat(field.doc()).as(field.name()).isNotBlank());
  }
}

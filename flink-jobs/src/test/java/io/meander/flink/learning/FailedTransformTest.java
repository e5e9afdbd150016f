/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.Reject;
import io.meander.features.FeatureInputs;
import io.meander.flink.RawRecord;
import io.meander.flink.TestPipelines;
import io.meander.flink.events.ArrivalReader;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Arrival;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/**
 * An event on which a feature fails is a reject, and the world is as if it had never come: the
 * example's transform refuses latitudes beyond the poles.
 */
class FailedTransformTest {

  private static final String PAYMENT =
      """
      {"type": "record", "name": "Payment", "fields": [
        {"name": "id", "type": "string"},
        {"name": "card", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "latitude", "type": ["null", "double"]},
        {"name": "longitude", "type": ["null", "double"]},
        {"name": "amount", "type": "double"},
        {"name": "fraud", "type": ["null", "boolean"]}]}
      """;
  private static final Schema SCHEMA = new Schema.Parser().parse(PAYMENT);
  private static final String INSIDE = "{field: fraud, classes: [\"false\", \"true\"]}";
  private static final String LATER =
      "{topic: verdicts, schema: payment.avsc, key: [card], id: id, field: fraud,"
          + " classes: [\"false\", \"true\"], time: {field: at}, wait: 1s}";

  @Test
  void theEventIsARejectWithTheFeaturesNameAndItsRecord() throws Exception {
    PipelineSpec spec = spec(INSIDE);
    try (TestTask task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      task.learn(read(spec, record(0, "a", 10)));
      RawRecord beyond = record(1, "a", 95);
      task.send(read(spec, beyond));

      assertThat(task.steps()).isEmpty();
      Reject reject = task.rejects().get(0);
      assertThat(task.rejects()).hasSize(1);
      assertThat(reject.getReason()).isEqualTo("failed-transform");
      assertThat(reject.getDetail())
          .isEqualTo(
              "feature 'from' (transform 'distance-from-last', version 1) failed:"
                  + " java.lang.IllegalArgumentException: latitude is 95.0, not from -90.0 to 90.0;"
                  + " event 'e1' of key 'a'");
      assertThat(reject.getTopic()).isEqualTo("payments");
      assertThat(reject.getPartition()).isEqualTo(2);
      assertThat(reject.getOffset()).isEqualTo(17);
      assertThat(reject.getSequence()).isEqualTo(1);
      assertThat(reject.getValue().array()).isEqualTo(beyond.value());
      assertThat(task.counted("rejects")).isEqualTo(1);
    }
  }

  @Test
  void answersModelsAndStateAreThoseOfAStreamWithoutTheEvent() throws Exception {
    PipelineSpec spec = spec(INSIDE);
    List<Observation> good = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      good.add(read(spec, record(i, "k" + random.nextInt(3), random.nextInt(90))));
    }
    List<Step> expected = new ArrayList<>();
    List<Step> actual = new ArrayList<>();
    OperatorSubtaskState state;
    try (TestTask without = TestTask.start(spec, LearningOptions.BOUNDED);
        TestTask with = TestTask.start(spec, LearningOptions.BOUNDED)) {
      for (int i = 0; i < 100; i++) {
        expected.add(without.learn(good.get(i)));
        with.send(read(spec, record(900 + i, "k" + i % 3, 91 + i)));
        actual.add(with.learn(good.get(i)));
      }
      assertThat(with.rejects()).hasSize(100);
      without.flush();
      state = with.checkpoint(1);
      for (String key : List.of("k0", "k1", "k2")) {
        assertThat(with.features(key)).as(key).isEqualTo(without.features(key));
        assertThat(with.log(key).toArray(byte[][]::new))
            .as(key)
            .isDeepEqualTo(without.log(key).toArray(byte[][]::new));
      }
      for (int i = 100; i < 200; i++) {
        expected.add(without.learn(good.get(i)));
      }
    }
    try (TestTask restored = TestTask.restore(spec, LearningOptions.BOUNDED, 1, 0, state, 1)) {
      for (int i = 100; i < 200; i++) {
        restored.send(read(spec, record(2_000 + i, "k" + i % 3, -91)));
        actual.add(restored.learn(good.get(i)));
      }
    }
    assertThat(votes(actual)).isEqualTo(votes(expected));
  }

  @Test
  void aKeyWhoseEventsAllFailStoresNothing() throws Exception {
    PipelineSpec spec = spec(INSIDE);
    try (TestTask task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      task.send(read(spec, record(0, "never", 95)));
      task.checkpoint(1);
      task.endOfEvents();
      assertThat(task.stored()).isZero();
      assertThat(task.snapshots()).isEmpty();
    }
  }

  @Test
  void waitsThatAreOverEndThoughTheEventThatComesIsAReject() throws Exception {
    PipelineSpec spec = spec(LATER);
    try (TestTask task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      task.learn(read(spec, record(0, "a", 10)));
      // Past the wait, and before the timer, which is late by a part of it.
      task.watermark(1_001);
      task.send(read(spec, record(1, "a", 95)));

      List<Step> steps = task.steps();
      assertThat(steps).hasSize(1);
      assertThat(steps.get(0).answer()).isNull();
      assertThat(steps.get(0).sequence())
          .as("the record's number is its reject's")
          .isEqualTo(Observation.UNNUMBERED);
      assertThat(steps.get(0).labels()).extracting(LabelResult::event).containsExactly(0L);
      assertThat(task.rejects()).hasSize(1);
    }
  }

  @Test
  void theRecordAndTextsGoThroughTheShuffleWithIt() throws Exception {
    Observation read = read(spec(INSIDE), record(3, "a", 10));
    FeatureInputs inputs = read.inputs().withTexts(new String[] {null, "ü", ""});
    Observation sent =
        new Observation(
            read.sequence(),
            read.eventId(),
            read.key(),
            read.eventTime(),
            read.features(),
            read.label(),
            read.weight(),
            read.slices(),
            inputs,
            read.partition(),
            read.offset(),
            read.originOrNull());
    DataOutputSerializer out = new DataOutputSerializer(64);
    var serializer = WireTypes.ARRIVAL.createSerializer(null);
    serializer.serialize(sent, out);
    Arrival received = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));

    assertThat(received)
        .usingRecursiveComparison()
        .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class)
        .isEqualTo(sent);
    assertThat(read.originOrNull().offset()).isEqualTo(17);
  }

  private static List<String> votes(List<Step> steps) {
    return steps.stream()
        .map(
            step -> step.answer().eventId() + Arrays.toString(step.answer().servedAnswer().votes()))
        .collect(Collectors.toList());
  }

  private static Observation read(PipelineSpec spec, RawRecord record) throws Exception {
    return (Observation) new ArrivalReader(spec).read(record);
  }

  private static RawRecord record(int number, String card, double latitude) {
    GenericRecord payment = new GenericData.Record(SCHEMA);
    payment.put("id", "e" + number);
    payment.put("card", card);
    payment.put("at", number * 1L);
    payment.put("latitude", latitude);
    payment.put("longitude", number % 7 * 10.0);
    payment.put("amount", number * 1.5);
    payment.put("fraud", latitude > 45);
    return new RawRecord(
        "payments", 2, 17, 5_000, null, TestPipelines.bytes(payment), number, null);
  }

  private static PipelineSpec spec(String label) throws Exception {
    return SpecLoader.parse(
        """
        name: payments
        events: {topic: payments, schema: payment.avsc, key: [card], id: id, time: {field: at}}
        label: %s
        features:
          - amount
          - {name: before, lag: amount}
          - {name: from, transform: distance-from-last, fields: [latitude, longitude, at]}
        slots: [{id: tree, learner: trees.HoeffdingTree -g 20}]
        """
            .formatted(label),
        file -> PAYMENT);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.Evaluation;
import io.meander.avro.EvaluationScope;
import io.meander.avro.Prediction;
import io.meander.avro.ReliabilityBin;
import io.meander.flink.AvroType;
import io.meander.flink.RawRecord;
import io.meander.flink.learning.ControlMessage;
import io.meander.flink.learning.ControlMessage.Question;
import io.meander.flink.learning.TaskReport;
import io.meander.models.Answer;
import io.meander.models.Decision;
import io.meander.models.Deployment;
import io.meander.models.Directive;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSignal;
import io.meander.models.DriftSpec;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.FrozenTwin;
import io.meander.models.KeptVersions;
import io.meander.models.Observation;
import io.meander.models.Order;
import io.meander.models.Scored;
import io.meander.models.ServePolicy;
import io.meander.models.ServedFeatures;
import io.meander.models.SizeLimit;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireTypesTest {

  @Test
  void aRawRecordArrivesAsItWasSent() throws IOException {
    RawRecord record =
        new RawRecord("flights", 3, 17, 1_000, null, new byte[] {1, 2}, 42, "row 7: no number");

    assertThat(sent(WireTypes.RAW_RECORD, record))
        .usingRecursiveComparison()
        .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class)
        .isEqualTo(record);
  }

  @Test
  void anObservationArrivesAsItWasSent() throws IOException {
    Observation observation =
        new Observation(
            7,
            "id-ü",
            "ATL|x",
            Observation.NO_TIME,
            new double[] {1.5, Double.NaN, -0.0},
            Observation.NO_LABEL,
            2.5,
            new String[] {"a|b"});

    assertThat(sent(WireTypes.ARRIVAL, observation))
        .usingRecursiveComparison()
        .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class)
        .isEqualTo(observation);
  }

  static Stream<Step> steps() {
    Answer own = answer("e1");
    DriftSignal drift =
        new DriftSignal(
            "ATL",
            "hat",
            2,
            "ADWINChangeDetector -a 0.002",
            DriftSignal.Level.DRIFT,
            320,
            5,
            Double.NaN,
            0.4,
            DriftSignal.Action.SWITCH,
            "arf",
            null,
            null);
    DriftSignal promotion =
        new DriftSignal(
            "ATL",
            "hat",
            2,
            "best",
            DriftSignal.Level.PROMOTED,
            320,
            5,
            0.5,
            0.4,
            DriftSignal.Action.SWITCH,
            "arf",
            null,
            new DriftSignal.Evidence(0.3, 40, 12, 0.97));
    DriftSignal feature =
        new DriftSignal(
            "ATL",
            "",
            0,
            "DDM",
            DriftSignal.Level.DRIFT,
            320,
            5,
            700,
            Double.NaN,
            DriftSignal.Action.ALERT,
            "",
            new FeatureWatchSpec("distance", FeatureWatchSpec.Measure.MISSING, "DDM"),
            null);
    return Stream.of(
        new Step(1, own, null, List.of(feature, drift)),
        new Step(2, own, new Scored(own, 1, 99, 0), List.of(drift, promotion)),
        new Step(3, null, new Scored(answer("e0"), 0, 98, 1), List.of(drift, drift)),
        new Step(4, null, null, List.of()),
        new Step(5, combined(), new Scored(combined(), 0, 98, 1), List.of()),
        new Step(
            6,
            own,
            false,
            null,
            List.of(),
            List.of(),
            7,
            2,
            new ServedFeatures(List.of("a", "b", "c"), Arrays.asList(-0.0, "ORD", null))));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void aStepArrivesAsItWasSent(Step step) throws IOException {
    assertThat(sent(WireTypes.STEP, step))
        .usingRecursiveComparison()
        .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class)
        .isEqualTo(step);
  }

  @Test
  void aStepsScoreComesBackWithItsOwnAnswer() throws IOException {
    Answer own = answer("e1");

    Step received = sent(WireTypes.STEP, new Step(2, own, new Scored(own, 1, 99, 0), List.of()));

    assertThat(received.scored().answer()).isSameAs(received.answer());
  }

  static Stream<FreezeSpec> freezes() {
    return Stream.of(
        null,
        new FreezeSpec.At(Instant.parse("2001-02-01T00:00:00Z")),
        new FreezeSpec.AfterInstances(10_000),
        new FreezeSpec.AfterTime(Duration.ofDays(30)));
  }

  @ParameterizedTest
  @MethodSource("freezes")
  void aDeploymentArrivesAsItWasSent(FreezeSpec freeze) throws IOException {
    Deployment deployment =
        new Deployment(
            3,
            List.of(new SlotSpec("a", "bayes.NaiveBayes", 1), new SlotSpec("b", "trees.X -g 5", 9)),
            "b",
            new DriftPolicies(
                DriftSpec.DEFAULT,
                Map.of(
                    "a",
                    new DriftSpec("DDM", "EDDM")
                        .with(DriftSpec.OnWarning.START_BACKGROUND, DriftSpec.OnDrift.REPLACE)),
                List.of(new FeatureWatchSpec("x", FeatureWatchSpec.Measure.VALUE, "CusumDM"))),
            FrozenTwin.declared(freeze),
            Map.of("b", new SizeLimit(1 << 20, SizeLimit.Action.STOP_LEARNING)),
            new ServePolicy(ServePolicy.Kind.BEST, 250, 0.02)
                .guarded(new ServePolicy.Guard(0.9, 5, 6))
                .deciding(new Decision.LeastCost(List.of(0.0, 1.0, 5.0, 0.0))),
            Map.of("b", 3L),
            List.of(
                new Order(2, Order.Kind.FREEZE, Order.ALL_SLOTS, "AT", 0),
                new Order(3, Order.Kind.ROLLBACK, "b", Order.ALL_KEYS, 7)));
    Question question = new Question(Question.Kind.SEAL, new byte[] {1, 2});

    ControlMessage message = sent(WireTypes.CONTROL, new ControlMessage(deployment, question));
    assertThat(message.deployment()).isEqualTo(deployment);
    assertThat(message.questionOrNull()).usingRecursiveComparison().isEqualTo(question);
    assertThat(sent(WireTypes.CONTROL, new ControlMessage(deployment)).questionOrNull()).isNull();
    Directive directive =
        new Directive(
            "ATL",
            deployment,
            deployment.orders().get(1),
            new KeptVersions.Kept(deployment.slots().get(1), 7, 900, new byte[] {5}));
    assertThat(sent(WireTypes.ARRIVAL, directive)).usingRecursiveComparison().isEqualTo(directive);
    Directive plain = new Directive("ATL", deployment, deployment.orders().get(0), null);
    assertThat(sent(WireTypes.ARRIVAL, plain)).isEqualTo(plain);
    TaskReport report = new TaskReport(question, 1, 3, 40, 5, 6);
    assertThat(sent(WireTypes.REPORT, report)).usingRecursiveComparison().isEqualTo(report);
  }

  @Test
  void anAvroRecordArrivesAsItWasSent() throws IOException {
    Evaluation evaluation =
        Evaluation.newBuilder()
            .setPipeline("p")
            .setScope(EvaluationScope.OVERALL_TOTAL)
            .setSlot("served")
            .setFromInstance(1)
            .setToInstance(9)
            .setInstances(9)
            .setAccuracy(55.5)
            .setReliability(List.of(new ReliabilityBin(0.5, 0.6, 9L, 0.55, 0.5)))
            .setTime(Instant.ofEpochMilli(12))
            .build();

    assertThat(sent(AvroType.of(Evaluation.class), evaluation)).isEqualTo(evaluation);
  }

  @Test
  void aCopyIsTheValueItself() {
    Step step = new Step(1, answer("e"), null, List.of());

    assertThat(serializer(WireTypes.STEP).copy(step)).isSameAs(step);
    assertThat(serializer(WireTypes.STEP).isImmutableType()).isTrue();
  }

  @Test
  void formatsOfTheSameTypeAreEqualAndOfOthersNot() {
    assertThat(AvroType.of(Prediction.class)).isEqualTo(AvroType.of(Prediction.class));
    assertThat(AvroType.of(Prediction.class)).isNotEqualTo(AvroType.of(Evaluation.class));
    assertThat(serializer(WireTypes.STEP)).isEqualTo(serializer(WireTypes.STEP));
    assertThat(serializer(WireTypes.STEP)).isNotEqualTo(serializer(WireTypes.ARRIVAL));
  }

  @Test
  void refusesToBeKeptInState() {
    assertThatThrownBy(() -> serializer(WireTypes.STEP).snapshotConfiguration())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("versioned bytes");
  }

  private static Answer answer(String eventId) {
    return new Answer(
        eventId,
        "ATL",
        1_000,
        2,
        new Answer.SlotAnswer[] {
          new Answer.SlotAnswer("hat", 1, 50, 3, 1, new double[] {0.25, 0.75}),
          new Answer.SlotAnswer(SlotSpec.FROZEN, 1, 10, 0, 0, new double[] {1, 0})
        },
        0,
        1,
        0,
        new String[] {"x", ""});
  }

  private static Answer combined() {
    Answer slots = answer("e2");
    return new Answer(
        slots.eventId(),
        slots.key(),
        slots.eventTime(),
        slots.generation(),
        slots.slots(),
        Answer.COMBINED,
        slots.noChange(),
        slots.typical(),
        slots.slices(),
        Answer.NO_BACKGROUNDS,
        new Answer.SlotAnswer(SlotSpec.SERVED, 0, 60, 0, 1, new double[] {0.4, 0.6}));
  }

  private static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
    return type.createSerializer(new SerializerConfigImpl());
  }

  /** Serialised, copied as bytes, read. */
  private static <T> T sent(TypeInformation<T> type, T value) throws IOException {
    TypeSerializer<T> serializer = serializer(type);
    DataOutputSerializer first = new DataOutputSerializer(64);
    serializer.serialize(value, first);
    DataOutputSerializer second = new DataOutputSerializer(64);
    serializer.copy(new DataInputDeserializer(first.getCopyOfBuffer()), second);
    DataInputDeserializer in = new DataInputDeserializer(second.getCopyOfBuffer());
    T received = serializer.deserialize(in);
    assertThat(in.available()).as("bytes left over").isZero();
    return received;
  }
}

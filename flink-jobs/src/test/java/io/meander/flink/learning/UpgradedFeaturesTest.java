/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.FeatureColumn;
import io.meander.avro.ModelSnapshot;
import io.meander.features.FeatureLayout;
import io.meander.flink.RawRecord;
import io.meander.flink.events.TestReader;
import io.meander.models.Arrival;
import io.meander.models.Observation;
import io.meander.models.ServedFeatures;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

/**
 * A job that starts from a savepoint with other features: slots that were there learn on from those
 * they know, as if nothing had happened, and fresh ones from the new.
 */
class UpgradedFeaturesTest {

  private static final int PART = 200;
  private static final int KEYS = 4;

  private static final String FEATURES = "features: [x, y]";
  private static final String HISTORY =
      """
      features:
        - {name: x, field: x}
        - {name: recent, window: y, stat: mean, last: 1m}
        - {name: late, target: kind, smoothing: 5}
      missing: mean
      """;
  private static final String MORE_HISTORY =
      """
      features:
        - {name: before, lag: z}
        - {name: recent, window: y, stat: mean, last: 1m}
        - {name: recent30, window: y, stat: mean, last: 2m}
        - {name: late, target: kind, smoothing: 5}
      missing: mean
      """;

  @Test
  void slotsLearnOnFromTheFeaturesTheyKnowAndFreshOnesFromTheNew() throws Exception {
    PipelineSpec before = UpgradeSpecs.spec();
    PipelineSpec after =
        UpgradeSpecs.parse(
            UpgradeSpecs.YAML
                .replace(FEATURES, "features: [y, z]")
                .replace("learner: bayes.NaiveBayes", "learner: trees.HoeffdingTree -g 30"));
    Map<String, ModelSnapshot> upgraded = run(List.of(before, after));

    assertUntouched(upgraded, run(List.of(before, before)), "ht");
    assertThat(upgraded.get("p0/bayes").getFeatures())
        .extracting(FeatureColumn::getName)
        .containsExactly("y", "z");
    assertThat(upgraded.get("p0/bayes").getFeatureFingerprint())
        .isEqualTo(after.modelContext().fingerprint());
    // The fresh slot is that of a job which had the new features from the first.
    PipelineSpec always = UpgradeSpecs.with(FEATURES, "features: [y, z]");
    Map<String, ModelSnapshot> fresh = fromTheSecondPart(after);
    assertThat(always.modelContext().fingerprint()).isEqualTo(after.modelContext().fingerprint());
    for (int i = 0; i < KEYS; i++) {
      assertThat(upgraded.get("p" + i + "/bayes").getPayload())
          .isEqualTo(fresh.get("p" + i + "/bayes").getPayload());
    }
  }

  @Test
  void aPredictionCarriesWhatTheServedSlotWasGiven() throws Exception {
    String logged = "predictions: {features: true}\n";
    PipelineSpec before = UpgradeSpecs.parse(UpgradeSpecs.YAML + logged);
    PipelineSpec after =
        UpgradeSpecs.parse(
            UpgradeSpecs.YAML
                    .replace(FEATURES, "features: [y, z]")
                    .replace("learner: bayes.NaiveBayes", "learner: trees.HoeffdingTree -g 30")
                + logged);
    PipelineSpec promoted =
        UpgradeSpecs.parse(after.yaml().replace("{champion: ht}", "{champion: bayes}"));
    FeatureLayout first = before.layout();
    FeatureLayout both = first.followedBy(after.layout().newest());
    OperatorSubtaskState state;
    try (TestTask task = TestTask.start(before, LearningOptions.BOUNDED)) {
      assertFeatures(task, events(before, first, 0, 1).get(0), "x", "y");
      state = task.savepoint(1);
    }
    try (TestTask task = TestTask.restore(after, LearningOptions.BOUNDED, 1, 0, state, 1)) {
      assertFeatures(task, events(after, both, KEYS, KEYS + 1).get(0), "x", "y");
      state = task.savepoint(2);
    }
    try (TestTask task = TestTask.restore(promoted, LearningOptions.BOUNDED, 1, 0, state, 1)) {
      assertFeatures(task, events(promoted, both, 2 * KEYS, 2 * KEYS + 1).get(0), "y", "z");
    }
    try (TestTask task = TestTask.start(UpgradeSpecs.spec(), LearningOptions.BOUNDED)) {
      Arrival event = events(UpgradeSpecs.spec(), first, 0, 1).get(0);
      assertThat(task.learn(event).featuresOrNull()).as("nobody wants them").isNull();
    }
  }

  /** The event whose label ends the slot's life was still answered from what that life knew. */
  @Test
  void alsoWhereItsLabelMakesTheSlotBeginAnew() throws Exception {
    PipelineSpec before = UpgradeSpecs.parse(UpgradeSpecs.YAML);
    PipelineSpec after =
        UpgradeSpecs.parse(
            UpgradeSpecs.YAML.replace(FEATURES, "features: [y, z]")
                + "predictions: {features: true}\n"
                + "drift: {detector: CusumDM -n 5 -l 0.5, on-drift: reset}\n");
    FeatureLayout both = before.layout().followedBy(after.layout().newest());
    OperatorSubtaskState state;
    try (TestTask task = TestTask.start(before, LearningOptions.BOUNDED)) {
      for (Arrival event : events(before, before.layout(), 0, KEYS)) {
        task.learn(event);
      }
      state = task.savepoint(1);
    }
    Map<Long, Integer> answersByLife = new TreeMap<>();
    try (TestTask task = TestTask.restore(after, LearningOptions.BOUNDED, 1, 0, state, 1)) {
      for (Arrival event : events(after, both, KEYS, PART)) {
        Step step = task.learn(event);
        long life = step.answer().servedAnswer().incarnation();
        answersByLife.merge(life, 1, Integer::sum);
        assertThat(step.featuresOrNull().names())
            .as("incarnation " + life)
            .isEqualTo(life == 1 ? List.of("x", "y") : List.of("y", "z"));
      }
    }
    assertThat(answersByLife).containsKeys(1L, 2L);
  }

  /** The layout begins with x and y; z follows where it is there. */
  private static void assertFeatures(TestTask task, Arrival event, String... names)
      throws Exception {
    ServedFeatures features = task.learn(event).featuresOrNull();
    assertThat(features.names()).containsExactly(names);
    double[] vector = ((Observation) event).features();
    for (String name : names) {
      double value = vector["xyz".indexOf(name)];
      assertThat(features.byName()).containsEntry(name, Double.isNaN(value) ? null : value);
    }
  }

  @Test
  void whatFeaturesRememberGoesOn() throws Exception {
    PipelineSpec before = UpgradeSpecs.with(FEATURES + "\n", HISTORY);
    PipelineSpec after = UpgradeSpecs.with(FEATURES + "\n", MORE_HISTORY);
    Map<String, ModelSnapshot> undisturbed = run(List.of(before, before, before));
    Map<String, ModelSnapshot> upgraded = run(List.of(before, after, after));

    assertUntouched(upgraded, undisturbed, "ht");
    assertUntouched(upgraded, undisturbed, "bayes");
    for (int i = 0; i < KEYS; i++) {
      String id = "p" + i + "/ht";
      assertThat(upgraded.get(id).getFeatureState())
          .isEqualTo(undisturbed.get(id).getFeatureState());
    }
  }

  @Test
  void whatANewFeatureSharesWithTheOldOnesItRemembersToo() throws Exception {
    PipelineSpec before = UpgradeSpecs.with(FEATURES + "\n", HISTORY);
    PipelineSpec after =
        UpgradeSpecs.parse(
            UpgradeSpecs.YAML
                .replace(FEATURES + "\n", MORE_HISTORY)
                .replace("learner: bayes.NaiveBayes", "learner: bayes.NaiveBayesMultinomial"));
    ModelSnapshot fresh = run(List.of(before, after)).get("p0/bayes");
    ModelSnapshot always = run(List.of(after, after)).get("p0/bayes");

    assertThat(fresh.getFeatures()).isEqualTo(always.getFeatures());
    byte[] state = fresh.getFeatureState().array();
    assertThat(state).hasSameSizeAs(always.getFeatureState().array());
    // The window over 20 s and the target are in the first block, and what lag knows is short.
    assertThat(after.keyedFeatures().read(state).write()).isEqualTo(state);
  }

  @Test
  void goesThereAndBackAgain() throws Exception {
    PipelineSpec before = UpgradeSpecs.with(FEATURES + "\n", HISTORY);
    PipelineSpec after = UpgradeSpecs.with(FEATURES + "\n", MORE_HISTORY);
    Map<String, ModelSnapshot> undisturbed = run(List.of(before, before, before, before));
    Map<String, ModelSnapshot> upgraded = run(List.of(before, after, before, after));

    assertUntouched(upgraded, undisturbed, "ht");
    assertUntouched(upgraded, undisturbed, "bayes");
    assertThat(upgraded.get("p0/ht").getGeneration()).isEqualTo(4);
  }

  @Test
  void aFeatureThatCannotBeWorkedOutAnyMoreIsRefused() throws Exception {
    OperatorSubtaskState state = TakeOverTest.stored(UpgradeSpecs.spec());
    PipelineSpec without =
        UpgradeSpecs.parse(
            UpgradeSpecs.YAML.replace(FEATURES, "features: [x, z]"),
            UpgradeSpecs.SCHEMA.replace("{\"name\": \"y\", \"type\": \"double\"},", ""));

    assertThatThrownBy(() -> TestTask.restore(without, LearningOptions.BOUNDED, 1, 0, state, 1))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessageContaining("features that cannot be worked out from such events")
        .hasMessageContaining("'y'");
  }

  private static void assertUntouched(
      Map<String, ModelSnapshot> upgraded, Map<String, ModelSnapshot> undisturbed, String slot) {
    for (int i = 0; i < KEYS; i++) {
      ModelSnapshot actual = upgraded.get("p" + i + "/" + slot);
      ModelSnapshot expected = undisturbed.get("p" + i + "/" + slot);
      assertThat(actual.getPayload()).isEqualTo(expected.getPayload());
      assertThat(actual.getFeatureFingerprint()).isEqualTo(expected.getFeatureFingerprint());
      assertThat(actual.getTrainedInstances()).isEqualTo(expected.getTrainedInstances());
      assertThat(actual.getTrainedInstances()).isPositive();
    }
  }

  /** One part of the events under each spec, a savepoint between each two. */
  private static Map<String, ModelSnapshot> run(List<PipelineSpec> specs) throws Exception {
    OperatorSubtaskState state = null;
    FeatureLayout layout = null;
    for (int i = 0; i < specs.size(); i++) {
      PipelineSpec spec = specs.get(i);
      layout = layout == null ? spec.layout() : layout.followedBy(spec.layout().newest());
      try (var task = TestTask.restore(spec, LearningOptions.BOUNDED, 1, 0, state, 1)) {
        for (Arrival event : events(spec, layout, i * PART, (i + 1) * PART)) {
          task.learn(event);
        }
        if (i == specs.size() - 1) {
          task.endOfEvents();
          return byId(task.snapshots());
        }
        state = task.savepoint(i);
      }
    }
    throw new IllegalArgumentException("no spec");
  }

  private static Map<String, ModelSnapshot> fromTheSecondPart(PipelineSpec spec) throws Exception {
    try (var task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      for (Arrival event : events(spec, spec.layout(), PART, 2 * PART)) {
        task.learn(event);
      }
      task.endOfEvents();
      return byId(task.snapshots());
    }
  }

  private static Map<String, ModelSnapshot> byId(List<ModelSnapshot> snapshots) {
    Map<String, ModelSnapshot> byId = new TreeMap<>();
    snapshots.forEach(s -> byId.put(s.getKey() + "/" + s.getSlot(), s));
    return byId;
  }

  private static List<Arrival> events(PipelineSpec spec, FeatureLayout layout, int from, int to)
      throws Exception {
    Schema schema = spec.events().schema();
    TestReader reader = new TestReader(spec, layout);
    List<Arrival> events = new ArrayList<>();
    for (int i = from; i < to; i++) {
      Random random = new Random(7919L * i);
      GenericData.Record event = new GenericData.Record(schema);
      double x = random.nextDouble();
      double y = random.nextDouble();
      event.put("id", "e" + i);
      event.put("other", "o");
      event.put("place", "p" + i % KEYS);
      event.put("kind", "k" + random.nextInt(3));
      event.put("at", 1000L * i);
      event.put("x", random.nextInt(9) == 0 ? Double.NaN : x);
      event.put("y", y);
      event.put("z", random.nextDouble());
      event.put("label", x + y > 1 ? "above" : "below");
      events.add(reader.read(new RawRecord("points", 0, i, 0, null, bytes(event), i, null)));
    }
    return events;
  }

  private static byte[] bytes(GenericData.Record event) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericData.Record>(event.getSchema()).write(event, encoder);
    encoder.flush();
    return out.toByteArray();
  }
}

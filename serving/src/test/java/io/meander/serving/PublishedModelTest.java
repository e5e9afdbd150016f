/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.AvroEncoding;
import io.meander.avro.FeatureColumn;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.SnapshotCause;
import io.meander.avro.SnapshotMetrics;
import io.meander.features.FeatureSchema;
import io.meander.models.Answer;
import io.meander.models.Deployment;
import io.meander.models.DriftSpec;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Observation;
import io.meander.models.Predictor;
import io.meander.models.Reducer;
import io.meander.models.Slot;
import io.meander.models.SlotSpec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedModelTest {

  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              FeatureSchema.Column.numeric("x"),
              new FeatureSchema.Column("colour", List.of("red", "green", "blue"))));
  private static final ModelContext CONTEXT = new ModelContext(SCHEMA, List.of("no", "yes"));

  private final Random random = new Random(1);
  private final Reducer reducer = new Reducer(CONTEXT);

  @ParameterizedTest
  @ValueSource(
      strings = {"bayes.NaiveBayes", "trees.HoeffdingTree -g 20", "meta.AdaptiveRandomForest -s 3"})
  void answersBitForBitAsTheJobDid(String learner) throws Exception {
    ModelSet set = learned(learner, 1500);
    PublishedModel model = PublishedModel.of(AvroEncoding.encode(snapshot(set)));

    for (int i = 0; i < 10_000; i++) {
      Observation event = event(i);
      Answer.SlotAnswer expected = reducer.answer(set, event).servedAnswer();
      Predictor.Vote vote = model.vote(event.features());
      assertThat(vote.votes()).isEqualTo(expected.votes());
      assertThat(vote.classIndex()).isEqualTo(expected.predicted());
    }
  }

  @Test
  void refusesAChangedPayload() {
    ModelSnapshot snapshot = snapshot(learned("bayes.NaiveBayes", 100));
    byte[] payload = snapshot.getPayload().array();
    payload[payload.length / 2] ^= 1;

    assertThatThrownBy(() -> PublishedModel.of(snapshot))
        .isInstanceOf(SnapshotException.class)
        .hasMessage("snapshot 1 of slot 's' of key 'k' does not match its checksum");
  }

  @Test
  void refusesAPayloadUnderAnotherSchema() {
    ModelSnapshot snapshot = snapshot(learned("bayes.NaiveBayes", 100));
    snapshot.setFeatures(List.of(new FeatureColumn("x", List.of())));

    assertThatThrownBy(() -> PublishedModel.of(snapshot))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("names the feature schema " + SCHEMA.fingerprint());
  }

  @Test
  void refusesBytesThatAreCutOff() {
    byte[] bytes = AvroEncoding.encode(snapshot(learned("bayes.NaiveBayes", 100)));

    assertThatThrownBy(() -> PublishedModel.of(Arrays.copyOf(bytes, bytes.length - 40)))
        .isInstanceOf(SnapshotException.class);
    assertThatThrownBy(() -> PublishedModel.of(new byte[0])).isInstanceOf(SnapshotException.class);
  }

  private ModelSet learned(String learner, int instances) {
    Deployment deployment =
        new Deployment(1, List.of(new SlotSpec("s", learner, 1)), "s", DriftSpec.DEFAULT, null);
    ModelSet set = new ModelSet("k", 2);
    reducer.decideTouched(set, deployment, 0, 0).forEach(fact -> reducer.apply(set, fact));
    for (int i = 0; i < instances; i++) {
      Observation event = event(i);
      Answer answer = reducer.answer(set, event);
      reducer.apply(set, reducer.decideLabelled(set, event.features(), answer, event.label(), 1));
      reducer.decideAlarmed(set).forEach(fact -> reducer.apply(set, fact));
    }
    return set;
  }

  private Observation event(int number) {
    double x = random.nextDouble();
    int colour = random.nextInt(3);
    boolean missing = random.nextInt(10) == 0;
    return new Observation(
        number,
        "e" + number,
        "k",
        number,
        new double[] {missing ? Double.NaN : x, colour},
        x + colour > 1.5 ? 1 : 0,
        new String[0]);
  }

  private static ModelSnapshot snapshot(ModelSet set) {
    Slot slot = set.slot("s");
    byte[] payload = new LearnerCodec(CONTEXT).write(slot);
    CRC32C checksum = new CRC32C();
    checksum.update(payload);
    return ModelSnapshot.newBuilder()
        .setPipeline("p")
        .setKey("k")
        .setSlot("s")
        .setIncarnation(1)
        .setVersion(1)
        .setParentVersion(0)
        .setCause(SnapshotCause.END)
        .setTrainedInstances(slot.trainedInstances())
        .setMetrics(SnapshotMetrics.newBuilder().setInstances(slot.trainedInstances()).build())
        .setLearner(slot.spec().learner())
        .setSeed(1)
        .setMoaVersion(LearnerCodec.MOA_VERSION)
        .setFeatures(
            SCHEMA.columns().stream().map(c -> new FeatureColumn(c.name(), c.values())).toList())
        .setFeatureFingerprint(SCHEMA.fingerprint())
        .setClasses(CONTEXT.classes())
        .setFormat(LearnerCodec.FORMAT)
        .setChecksum(checksum.getValue())
        .setPayload(ByteBuffer.wrap(payload))
        .build();
  }
}

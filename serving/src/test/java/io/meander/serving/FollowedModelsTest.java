/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ModelSnapshot;
import io.meander.features.FeatureSchema;
import io.meander.models.Answer;
import io.meander.models.ModelContext;
import io.meander.models.Predictor;
import io.meander.models.SlotSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FollowedModelsTest {

  private static final String TREE = "trees.HoeffdingTree -g 20";
  private static final long PLENTY = 64L << 20;

  private final FollowedModels models = models(Taught.CONTEXT, PLENTY);

  private static FollowedModels models(ModelContext context, long bytes) {
    return new FollowedModels(
        Taught.PIPELINE, context, List.of("s0", "s1"), bytes, Payloads.STORES);
  }

  @Test
  void answersByTheNewestModelOfTheChampion() throws Exception {
    Taught taught = new Taught("k", true, TREE, "bayes.NaiveBayes").learn(200);
    models.take(taught.publish("s0"));
    models.take(taught.publish("s1"));
    taught.learn(300);
    models.take(taught.publish("s0"));

    double[] vector = taught.vector();
    FollowedModels.Answer answer = models.answer("k", model -> vector);

    assertThat(answer.slot()).isEqualTo("s0");
    assertThat(answer.trainedInstances()).isEqualTo(500);
    assertThat(answer.version()).isEqualTo(3);
    assertThat(answer.publishedAt()).isEqualTo(Taught.START.plusSeconds(3));
    assertThat(answer.vote().votes()).isEqualTo(taught.answer(vector).servedAnswer().votes());
    assertThat(models.answer("k", "s1", model -> vector).trainedInstances()).isEqualTo(200);
    assertThat(models.describe("k"))
        .extracting(FollowedModels.Description::slot, FollowedModels.Description::serves)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("s0", true),
            org.assertj.core.groups.Tuple.tuple("s1", false));
  }

  @Test
  void followsAPromotionWhicheverPartitionComesFirst() throws Exception {
    Taught taught = new Taught("k", true, TREE, "bayes.NaiveBayes").learn(200);
    byte[] before = taught.publish("s0");
    byte[] promoted = AvroEncoding.encode(taught.snapshot("s1").setChampion("s1").build());
    double[] vector = taught.vector();

    models.take(promoted);
    models.take(before);

    assertThat(models.answer("k", model -> vector).slot()).isEqualTo("s1");
  }

  @Test
  void combinesVotesAsTheJobDoes() throws Exception {
    Taught taught = new Taught("k", true, TREE, "bayes.NaiveBayes").learn(200);
    Map<String, Double> weights = Map.of("s0", 2.0, "s1", 0.5);
    for (String slot : weights.keySet()) {
      models.take(
          AvroEncoding.encode(
              taught
                  .snapshot(slot)
                  .setChampion(SlotSpec.SERVED)
                  .setServingWeights(weights)
                  .build()));
    }
    double[] vector = taught.vector();
    double[] tree = taught.answer(vector).of("s0").votes();
    double[] bayes = taught.answer(vector).of("s1").votes();
    double no = 2.0 * tree[0] + 0.5 * bayes[0];
    double yes = 2.0 * tree[1] + 0.5 * bayes[1];

    FollowedModels.Answer answer = models.answer("k", model -> vector);

    assertThat(answer.slot()).isEqualTo(SlotSpec.SERVED);
    assertThat(answer.vote().votes()).containsExactly(no / (no + yes), yes / (no + yes));
  }

  @Test
  void keepsWhatItHadWhenASnapshotMustNotBeUsed() throws Exception {
    Taught taught = new Taught("k", true, TREE).learn(200);
    models.take(taught.publish("s0"));
    double[] vector = taught.vector();
    double[] votes = models.answer("k", model -> vector).vote().votes();
    taught.learn(100);
    byte[] good = taught.publish("s0");

    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      byte[] flipped = good.clone();
      flipped[flipped.length - 1 - random.nextInt(2000)] ^= (byte) (1 << random.nextInt(8));
      refused(flipped);
    }
    refused(Arrays.copyOf(good, good.length - 7));
    refused(new byte[0]);
    refused(
        snapshot(taught).setPipeline("another").build(), "is of pipeline 'another', not of 'p'");
    refused(
        snapshot(taught).setClasses(List.of("no", "perhaps")).build(),
        "has the classes [no, perhaps], the spec [no, yes]");
    refused(snapshot(taught).setMoaVersion("2099.01").build(), "is of MOA 2099.01");
    refused(snapshot(taught).setFormat(2).build(), "format 2");

    FollowedModels.Answer after = models.answer("k", model -> vector);
    assertThat(after.version()).isEqualTo(1);
    assertThat(after.vote().votes()).isEqualTo(votes);
    assertThat(models.figures().refused()).isEqualTo(206);
    assertThat(models.figures().taken()).isEqualTo(1);
  }

  @Test
  void refusesTheModelsOfAnotherFeatureSchema() {
    ModelContext other =
        new ModelContext(
            new FeatureSchema(List.of(FeatureSchema.Column.numeric("y"))), List.of("no", "yes"));
    byte[] bytes = new Taught("k", true, TREE).learn(50).publish("s0");

    assertThatThrownBy(() -> models(other, PLENTY).take(bytes))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining(
            "was learned under feature schema %s, the spec's is %s"
                .formatted(Taught.SCHEMA.fingerprint(), other.fingerprint()));
  }

  /** Whole by its checksums, and bad inside: that shows when it is loaded. */
  @Test
  void keepsTheModelBeforeOneThatHoldsAForeignClass() throws Exception {
    Taught taught = new Taught("k", true, TREE).learn(200);
    models.take(taught.publish("s0"));
    models.take(withForeignClass(taught.snapshot("s0").build()));
    models.take(withForeignClass(taught.snapshot("s0").build()));
    double[] vector = taught.vector();

    FollowedModels.Answer answer = models.answer("k", model -> vector);

    assertThat(answer.version()).isEqualTo(1);
    assertThat(answer.vote().votes()).isEqualTo(taught.answer(vector).servedAnswer().votes());
    assertThat(models.figures().refused()).isEqualTo(1);

    taught.learn(100);
    models.take(taught.publish("s0"));
    assertThat(models.answer("k", model -> vector).version()).isEqualTo(4);
  }

  @Test
  void saysWhyAnOnlyModelCannotBeLoaded() throws Exception {
    Taught taught = new Taught("k", true, TREE).learn(200);
    models.take(withForeignClass(taught.snapshot("s0").build()));

    assertThatThrownBy(() -> models.answer("k", model -> taught.vector()))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("snapshot 1 of slot 's0' of key 'k'")
        .hasMessageContaining("holds a java.io.File, which is not on the list");
  }

  @Test
  void keepsLiveModelsWithinTheBoundAndAnswersAllTheSame() throws Exception {
    long bound = 256 << 10;
    FollowedModels few = models(Taught.CONTEXT, bound);
    Map<String, Taught> keys = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      Taught taught = new Taught("k" + i, true, TREE).learn(100 + i);
      keys.put("k" + i, taught);
      few.take(taught.publish("s0"));
    }
    for (int round = 0; round < 3; round++) {
      for (Map.Entry<String, Taught> entry : keys.entrySet()) {
        double[] vector = entry.getValue().vector();
        assertThat(few.answer(entry.getKey(), model -> vector).vote().votes())
            .isEqualTo(entry.getValue().answer(vector).servedAnswer().votes());
      }
    }
    FollowedModels.Figures figures = few.figures();
    assertThat(figures.liveBytes()).isPositive().isLessThanOrEqualTo(bound);
    assertThat(figures.liveModels()).isLessThan(60);
    assertThat(figures.loads()).isGreaterThan(60);
    assertThat(figures.models()).isEqualTo(60);
  }

  /** It has read some part of the topic, and is asked between its records or not. */
  @ParameterizedTest
  @EnumSource
  void aFollowerThatBeginsAgainAnywhereEndsEqual(Taught.Kind kind) throws Exception {
    List<Taught> keys = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      keys.add(kind.key("k" + i));
    }
    Random random = new Random(11);
    ModelContext context = keys.get(0).context;
    FollowedModels steady = models(context, PLENTY);
    List<byte[]> topic = new ArrayList<>();
    Map<String, double[]> vectors = new HashMap<>();
    Map<String, Answer.SlotAnswer> expected = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      Taught taught = keys.get(random.nextInt(keys.size()));
      taught.learn(1 + random.nextInt(50));
      int slot = random.nextInt(2);
      String name = taught.set.key() + "/" + Taught.slot(slot);
      byte[] record = taught.publish(Taught.slot(slot));
      topic.add(record);
      vectors.put(name, taught.vector());
      expected.put(name, taught.answer(vectors.get(name)).slots()[slot]);
      steady.take(record);
      if (random.nextBoolean()) {
        String key = steady.keys().iterator().next();
        steady.answer(key, steady.describe(key).get(0).slot(), model -> keys.get(0).vector());
      }
    }
    for (int i = 0; i < 10; i++) {
      // killed with what it held, and begun anew on what compaction has left by then
      int clean = random.nextInt(topic.size());
      FollowedModels again = models(context, random.nextBoolean() ? 1 : PLENTY);
      List<byte[]> left = new ArrayList<>(topic.subList(clean, topic.size()));
      left.addAll(0, newest(topic.subList(0, clean)));
      for (byte[] record : left) {
        again.take(record);
      }
      assertThat(again.keys()).isEqualTo(steady.keys());
      for (String key : steady.keys()) {
        assertThat(again.describe(key)).isEqualTo(steady.describe(key));
        for (FollowedModels.Description model : steady.describe(key)) {
          String name = key + "/" + model.slot();
          for (FollowedModels follower : List.of(steady, again)) {
            Predictor.Vote vote = follower.answer(key, model.slot(), m -> vectors.get(name)).vote();
            assertThat(vote.votes()).as(name).isEqualTo(expected.get(name).votes());
            assertThat(vote.predicted()).as(name).isEqualTo(expected.get(name).predicted());
          }
        }
      }
    }
  }

  /** What log compaction leaves: the last record of each key and slot, in their order. */
  private static List<byte[]> newest(List<byte[]> records) throws Exception {
    Map<String, byte[]> newest = new LinkedHashMap<>();
    for (byte[] record : records) {
      ModelSnapshot snapshot = AvroEncoding.decode(record, ModelSnapshot.class);
      String name = snapshot.getKey() + "/" + snapshot.getSlot();
      newest.remove(name);
      newest.put(name, record);
    }
    return List.copyOf(newest.values());
  }

  @Test
  void aTombstoneTakesTheModelAway() throws Exception {
    models.take(new Taught("ATL", true, TREE).learn(50).publish("s0"));
    models.take(new Taught("ATM", true, TREE).learn(50).publish("s0"));
    models.remove("ATL", "s0");
    models.remove("ATL", "s0");

    assertThat(models.keys()).containsExactly("ATM");
    assertThat(models.figures().models()).isEqualTo(1);
    assertThatThrownBy(() -> models.answer("ATL", model -> new double[2]))
        .isInstanceOf(UnknownModelException.class)
        .hasMessage("no model was published for key 'ATL'; did you mean 'ATM'?");
    assertThatThrownBy(() -> models.answer("ATM", "s1", model -> new double[2]))
        .hasMessage("no model was published for slot 's1' of key 'ATM'; did you mean 's0'?");
  }

  private void refused(byte[] bytes) {
    assertThatThrownBy(() -> models.take(bytes)).isInstanceOf(SnapshotException.class);
  }

  private void refused(ModelSnapshot snapshot, String why) {
    assertThatThrownBy(() -> models.take(AvroEncoding.encode(snapshot)))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining(why);
  }

  private static ModelSnapshot.Builder snapshot(Taught taught) {
    return taught.snapshot("s0");
  }

  /** Another class in the place of the tree, checksums made right. */
  private static byte[] withForeignClass(ModelSnapshot snapshot) throws Exception {
    byte[] payload = ForeignClass.in(snapshot.getPayload().array());
    snapshot.setPayload(ByteBuffer.wrap(payload));
    snapshot.setPayloadBytes(payload.length);
    snapshot.setChecksum(Taught.checksum(payload));
    return AvroEncoding.encode(snapshot);
  }
}

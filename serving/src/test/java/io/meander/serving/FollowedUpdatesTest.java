/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ModelUpdate;
import io.meander.models.Answer;
import io.meander.models.ModelContext;
import io.meander.models.ModelSetCodec;
import io.meander.spec.PipelineSpec;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FollowedUpdatesTest {

  private static final String TREE = "trees.HoeffdingTree -g 20";
  private static final String BAYES = "bayes.NaiveBayes";
  private static final long PLENTY = 64L << 20;

  @TempDir private Path folder;

  private final FollowedModels models = models(PLENTY);

  private static FollowedModels models(long bytes) {
    return models(Taught.CONTEXT, bytes);
  }

  private static FollowedModels models(ModelContext context, long bytes) {
    return new FollowedModels(
        Taught.PIPELINE,
        context,
        List.of("s0", "s1"),
        bytes,
        Payloads.STORES,
        new FollowedUpdates(
            Taught.PIPELINE,
            new PipelineSpec.Updates("p-updates", Duration.ofHours(1)),
            context,
            bytes,
            Payloads.STORES));
  }

  private static void assertAnswersAs(Taught taught, FollowedModels models) throws Exception {
    double[] vector = taught.vector();
    Answer expected = taught.answer(vector);
    FollowedModels.Answer served = models.answer(taught.set.key(), published -> vector);
    assertThat(served.slot()).isEqualTo(expected.servedAnswer().slot());
    for (Answer.SlotAnswer slot : expected.slots()) {
      FollowedModels.Answer actual =
          models.answer(taught.set.key(), slot.slot(), published -> vector);
      assertThat(actual.vote().votes()).isEqualTo(slot.votes());
      assertThat(actual.vote().predicted()).isEqualTo(slot.predicted());
      assertThat(actual.incarnation()).isEqualTo(slot.incarnation());
      assertThat(actual.trainedInstances()).isEqualTo(slot.trainedInstances());
      assertThat(actual.publishedAt()).isEqualTo(Taught.START.plusMillis(taught.set.position()));
    }
  }

  @Test
  void answersAsTheJobDoesAfterEachUpdate() throws Exception {
    Taught taught = new Taught("k", true, TREE, BAYES, "meta.OzaBagAdwin -s 3");
    for (int i = 0; i < 30; i++) {
      taught.learn(i);
      models.takeUpdate(taught.facts());
      if (i % 10 == 7) {
        models.takeUpdate(taught.image());
      }
      if (i % 3 != 1) {
        assertAnswersAs(taught, models);
      }
    }
    assertThat(models.updates().orElseThrow().figures().gaps()).isZero();
    FollowedModels.Reach reach = models.reach("k");
    assertThat(reach).isEqualTo(new FollowedModels.Reach(taught.set.position(), true, false));
    assertThat(models.describe("k"))
        .extracting(FollowedModels.Description::trainedInstances)
        .containsExactly(435L, 435L, 435L);
  }

  @Test
  void answersFromTheLastSnapshotUntilTheNextImageWhereUpdatesAreMissing() throws Exception {
    Taught taught = new Taught("k", true, TREE).learn(50);
    models.takeUpdate(taught.facts());
    models.take(taught.publish("s0"));
    taught.learn(10);
    taught.facts(); // lost
    taught.learn(10);
    models.takeUpdate(taught.facts());

    double[] vector = taught.vector();
    assertThat(models.answer("k", published -> vector).trainedInstances()).isEqualTo(50);
    assertThat(models.reach("k").byUpdates()).isFalse();
    assertThat(models.reach("k").gap()).isTrue();
    FollowedUpdates.Figures waiting = models.updates().orElseThrow().figures();
    assertThat(waiting.gaps()).isEqualTo(1);
    assertThat(waiting.waitingKeys()).isEqualTo(1);
    assertThat(waiting.keys()).isZero();
    assertThat(waiting.heldBytes()).isZero();

    taught.learn(10);
    models.takeUpdate(taught.facts());
    assertThat(models.reach("k").gap()).isTrue();
    assertThat(models.updates().orElseThrow().figures().gaps()).isEqualTo(1);
    models.takeUpdate(taught.image());
    assertAnswersAs(taught, models);
    taught.learn(10);
    models.takeUpdate(taught.facts());
    assertAnswersAs(taught, models);
    assertThat(models.updates().orElseThrow().figures().waitingKeys()).isZero();
  }

  @Test
  void beginsAnewWithAKeysNextLifeAndForgetsWhatTheJobForgets() throws Exception {
    Taught first = new Taught("k", true, TREE).learn(50);
    models.takeUpdate(first.facts());
    Taught second = new Taught("k", true, TREE).learn(20);
    models.takeUpdate(second.facts());
    assertAnswersAs(second, models);

    models.takeUpdate(second.forgotten());
    assertThatThrownBy(() -> models.answer("k", published -> second.vector()))
        .isInstanceOf(UnknownModelException.class);
    assertThat(models.keys()).isEmpty();
    assertThat(models.updates().orElseThrow().figures().heldBytes()).isZero();
    assertThat(models.updates().orElseThrow().figures().gaps()).isZero();
  }

  /** As where deltas were switched off, or an old log is all that is left. */
  @Test
  void answersFromASnapshotThatTellsMore() throws Exception {
    Taught taught = new Taught("k", true, TREE).learn(50);
    models.takeUpdate(taught.facts());
    taught.learn(50);
    models.take(taught.publish("s0"));

    double[] vector = taught.vector();
    assertThat(models.answer("k", published -> vector).trainedInstances()).isEqualTo(100);
    assertThat(models.reach("k").byUpdates()).isFalse();
  }

  @Test
  void refusesWhatMustNotBeUsedAndWaitsForTheNextImage() throws Exception {
    Taught taught = new Taught("k", true, TREE).learn(50);
    models.takeUpdate(taught.facts());
    taught.learn(50);
    ModelUpdate good = taught.factsUpdate().build();
    byte[] bytes = AvroEncoding.encode(good);
    Random random = new Random(3);
    int payload = good.getPayload().remaining();
    for (int i = 0; i < 100; i++) {
      byte[] flipped = bytes.clone();
      // the last byte is of the absent feature state, the one before of the absent URI
      flipped[flipped.length - 3 - random.nextInt(payload)] ^= (byte) (1 << random.nextInt(8));
      refused(flipped, "does not match its checksum");
    }
    refused(Arrays.copyOf(bytes, bytes.length - 7), "");
    refused(changed(good).setPipeline("another").build(), "is of pipeline 'another', not of 'p'");
    refused(changed(good).setClasses(List.of("no", "maybe")).build(), "[no, maybe]");
    refused(changed(good).setFeatureFingerprint("0").build(), "feature schema 0");
    refused(changed(good).setMoaVersion("2099.01").build(), "is of MOA 2099.01");
    refused(changed(good).setLearningVersion(7).build(), "learning version 7");
    assertThat(models.answer("k", published -> taught.vector()).trainedInstances()).isEqualTo(50);

    // Whole by its checksum, and of another position than it says: that shows when it is replayed.
    models.takeUpdate(AvroEncoding.encode(changed(good).setFacts(good.getFacts() + 1).build()));
    assertThatThrownBy(() -> models.answer("k", published -> taught.vector()))
        .isInstanceOf(UnknownModelException.class);
    models.takeUpdate(taught.image());
    assertAnswersAs(taught, models);
    assertThat(models.updates().orElseThrow().figures().refused()).isEqualTo(107);
  }

  private static ModelUpdate.Builder changed(ModelUpdate update) {
    return ModelUpdate.newBuilder(update);
  }

  private void refused(ModelUpdate update, String message) {
    refused(AvroEncoding.encode(update), message);
  }

  private void refused(byte[] bytes, String message) {
    assertThatThrownBy(() -> models.takeUpdate(bytes))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining(message);
  }

  @Test
  void readsALargeImageWhereItIsWhenItIsAsked() throws Exception {
    Taught taught = new Taught("k", true, TREE).learn(50);
    models.take(taught.publish("s0"));
    taught.learn(50);
    taught.facts();
    ModelUpdate image = taught.imageUpdate().build();
    Path file = folder.resolve("image");
    byte[] payload = image.getPayload().array();
    image.setPayload(ByteBuffer.allocate(0));
    image.setPayloadUri(file.toUri().toString());
    models.takeUpdate(AvroEncoding.encode(image));

    double[] vector = taught.vector();
    assertThat(models.answer("k", published -> vector).trainedInstances()).isEqualTo(50);
    Files.write(file, payload);
    assertAnswersAs(taught, models);
    assertThat(models.updates().orElseThrow().figures().refused()).isZero();
  }

  @Test
  void keepsLoadedSetsWithinTheirBytesAndLoadsTheOthersWhenTheyAreAsked() throws Exception {
    FollowedModels few = models(200 << 10);
    List<Taught> keys = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Taught taught = new Taught("k" + i, true, TREE, BAYES).learn(100 + i);
      keys.add(taught);
      few.takeUpdate(taught.facts());
    }
    assertThat(few.updates().orElseThrow().figures().liveSets()).isZero();
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      Taught taught = keys.get(random.nextInt(keys.size()));
      if (random.nextInt(3) == 0) {
        taught.learn(5);
        few.takeUpdate(taught.facts());
      }
      assertAnswersAs(taught, few);
      FollowedUpdates.Figures figures = few.updates().orElseThrow().figures();
      assertThat(figures.liveBytes()).isBetween(1L, 200L << 10);
    }
    FollowedUpdates.Figures figures = few.updates().orElseThrow().figures();
    assertThat(figures.keys()).isEqualTo(40);
    assertThat(figures.liveSets()).isBetween(1L, 39L);
    assertThat(figures.loads()).isGreaterThan(100);
  }

  /** A set is counted by its size of now, not of when it was loaded first. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countsASetThatGrowsAsLargeAsItIs(boolean withImages) throws Exception {
    Taught taught = new Taught("k", false, "lazy.kNN -k 5 -w 5000").learn(10);
    models.takeUpdate(taught.facts());
    assertAnswersAs(taught, models);
    long atFirst = models.updates().orElseThrow().figures().liveBytes();
    long now = 0;
    for (int i = 0; i < 40; i++) {
      taught.learn(100);
      models.takeUpdate(taught.facts());
      if (withImages && i % 10 == 9) {
        models.takeUpdate(taught.image());
      }
      assertAnswersAs(taught, models);
      now = new ModelSetCodec(Taught.CONTEXT).write(taught.set).liveBytes();
      assertThat(models.updates().orElseThrow().figures().liveBytes()).isBetween(now / 2, 2 * now);
    }
    assertThat(now).isGreaterThan(4 * atFirst);
  }

  @Test
  void foldsALongLogSoThatNoneTakesLongToLoad() throws Exception {
    Taught taught = new Taught("k", true, BAYES);
    long most = 0;
    for (int i = 0; i < 120; i++) {
      taught.learn(100);
      models.takeUpdate(taught.facts());
      most = Math.max(most, models.updates().orElseThrow().figures().heldBytes());
    }
    assertThat(models.updates().orElseThrow().figures().heldBytes()).isLessThan(most / 2);
    assertAnswersAs(taught, models);
  }

  /** From anywhere in the log on: first nothing, then the same. */
  @ParameterizedTest
  @EnumSource
  void endsEqualWhereverItBeginsToRead(Taught.Kind kind) throws Exception {
    Random random = new Random(9);
    Taught taught = kind.key("k");
    List<byte[]> log = new ArrayList<>();
    int lastImage = 0;
    for (int i = 0; i < 60; i++) {
      taught.learn(1 + random.nextInt(20));
      log.add(taught.facts());
      if (i % 9 == 5) {
        lastImage = log.size();
        log.add(taught.image());
      }
    }
    for (int i = 0; i < 40; i++) {
      int from = random.nextInt(lastImage + 1);
      FollowedModels begun = models(taught.context, PLENTY);
      for (byte[] update : log.subList(from, log.size())) {
        begun.takeUpdate(update);
        if (random.nextInt(6) == 0 && begun.keys().contains("k")) {
          begun.answer("k", published -> taught.vector());
        }
      }
      assertAnswersAs(taught, begun);
      assertThat(begun.updates().orElseThrow().figures().gaps()).isZero();
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.FeatureSchema;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSetCodecTest {

  private static final Stream AGRAWAL = Stream.generated("generators.AgrawalGenerator -f 2", 2500);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bayes.NaiveBayes",
        "trees.HoeffdingTree -g 50",
        "trees.HoeffdingAdaptiveTree -g 50",
        "meta.OzaBagAdwin",
        "meta.LeveragingBag",
        "meta.AdaptiveRandomForest -s 5",
        "functions.SGD",
        "lazy.kNN"
      })
  void continuesBitForBitAfterRoundTripsAtRandomPoints(String learner) {
    Deployment deployment =
        Learning.deployment(new FreezeSpec.AfterInstances(700), learner, "bayes.NaiveBayes");
    Learning whole = new Learning(AGRAWAL.context(), deployment);
    Learning cut = new Learning(AGRAWAL.context(), deployment);
    ModelSetCodec codec = new ModelSetCodec(AGRAWAL.context());
    Random random = new Random(7);

    for (Stream.Row row : AGRAWAL.rows()) {
      if (cut.set.labels() > 0 && random.nextInt(150) == 0) {
        cut.set = codec.read("all", codec.write(cut.set).bytes()).set();
      }
      Answer expected = whole.learn(row);
      Answer actual = cut.learn(row);
      assertThat(actual.slots()).hasSameSizeAs(expected.slots());
      for (int i = 0; i < actual.slots().length; i++) {
        assertThat(actual.slots()[i])
            .usingRecursiveComparison()
            .withComparatorForType(Double::compare, Double.class)
            .isEqualTo(expected.slots()[i]);
      }
    }

    assertThat(cut.set.slots()).hasSize(3);
    assertThat(canonical(codec, cut.set)).isEqualTo(canonical(codec, whole.set));
    assertThat(cut.signals).isEqualTo(whole.signals);
  }

  @Test
  void refusesBytesThatWereChangedOrCutOff() {
    ModelSetCodec codec = new ModelSetCodec(AGRAWAL.context());
    Learning learning = Learning.of(AGRAWAL.context(), "bayes.NaiveBayes");
    learning.learnAll(AGRAWAL.rows().subList(0, 50));
    byte[] bytes = codec.write(learning.set).bytes();

    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      byte[] changed = bytes.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> codec.read("all", changed)).isInstanceOf(ModelFormatException.class);
      byte[] cutOff = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      assertThatThrownBy(() -> codec.read("all", cutOff)).isInstanceOf(ModelFormatException.class);
    }
  }

  @Test
  void saysWhichFormatOrSchemaItCannotRead() {
    ModelSetCodec codec = new ModelSetCodec(AGRAWAL.context());
    Learning learning = Learning.of(AGRAWAL.context(), "bayes.NaiveBayes");
    learning.learn(AGRAWAL.rows().get(0));
    byte[] bytes = codec.write(learning.set).bytes();

    byte[] future = bytes.clone();
    future[1] = 9;
    assertThatThrownBy(() -> codec.read("all", future))
        .hasMessage("is of format 9, this release reads format 1");

    ModelContext other =
        new ModelContext(
            new FeatureSchema(List.of(FeatureSchema.Column.numeric("x"))), List.of("a", "b"));
    assertThatThrownBy(() -> new ModelSetCodec(other).read("all", bytes))
        .hasMessage(
            "was learned under feature schema %s, the pipeline's is %s",
            AGRAWAL.context().fingerprint(), other.fingerprint());
  }

  @Test
  void readsNoClassOutsideTheAllowList() {
    byte[] foreign = JavaObjects.write(new java.io.File("x"), null);

    assertThatThrownBy(() -> JavaObjects.read(foreign, Object.class, AGRAWAL.context().header()))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("holds a java.io.File, which is not on the list of classes that are read");
  }

  @Test
  void saysWhichSlotHoldsAClassOutsideTheAllowList() {
    ModelSetCodec codec = new ModelSetCodec(AGRAWAL.context());
    Learning learning = Learning.of(AGRAWAL.context(), "bayes.NaiveBayes", "bayes.NaiveBayes");
    learning.learn(AGRAWAL.rows().get(0));
    Slot second = learning.set.slot("s1");
    learning.set.slots.set(
        1,
        new Slot(
            second.spec(),
            1,
            new Learner(new Foreign(), AGRAWAL.context().newest()),
            second.watch(),
            second.score()));
    byte[] bytes = codec.write(learning.set).bytes();

    assertThatThrownBy(() -> codec.read("all", bytes))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "is of format 1 and has a slot 's1' that holds a "
                + Foreign.class.getName()
                + ", which is not on the list of classes that are read");
  }

  /** A learner, but none of MOA's. */
  private static final class Foreign extends moa.classifiers.bayes.NaiveBayes {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void theEnvelopeNamesTheMoaOnTheClassPath() {
    String jar =
        moa.classifiers.Classifier.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath();

    assertThat(jar).endsWith("/moa-" + Envelope.MOA_VERSION + ".jar");
  }

  /** A fresh learner alone takes 5 to 7 KB in plain Java serialisation, its detector 3.4 KB. */
  @ParameterizedTest
  @ValueSource(strings = {"bayes.NaiveBayes", "trees.HoeffdingTree", "meta.OzaBagAdwin"})
  void aYoungModelTakesFewBytes(String learner) {
    ModelSetCodec codec = new ModelSetCodec(AGRAWAL.context());
    Learning learning = Learning.of(AGRAWAL.context(), learner);
    learning.learn(AGRAWAL.rows().get(0));

    ModelSetCodec.Written written = codec.write(learning.set);

    assertThat(written.bytes().length).isLessThan(written.rawSize() / 5).isLessThan(2000);
  }

  @Test
  void keepsTheHeaderOutOfTheBytes() {
    byte[] learner =
        JavaObjects.write(
            Learners.create(new SlotSpec("s", "bayes.NaiveBayes", 1), AGRAWAL.context())
                .classifier(),
            AGRAWAL.context().header());

    assertThat(new String(learner, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("commission");
  }

  private static byte[] canonical(ModelSetCodec codec, ModelSet set) {
    byte[] once = codec.write(set).bytes();
    return codec.write(codec.read(set.key(), once).set()).bytes();
  }
}

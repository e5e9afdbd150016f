/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Reads what each format version wrote: an image, the log after it and a learner's payload, stored
 * under {@code fixtures/<version>}. A released version's files are never written again. While
 * format 1 is not released, {@code -Dmeander.regenerate=true} writes them anew.
 */
class FixturesTest {

  private static final LogCompression COMPRESSION = new LogCompression();

  private static final Path FORMAT_1 = Path.of("src/test/resources/fixtures/1");
  private static final int IMAGE_AT = 300;
  private static final int LOG_TO = 500;

  private static final Stream STREAM =
      Stream.generated(
          "ConceptDriftStream -s (generators.AgrawalGenerator -f 1)"
              + " -d (generators.AgrawalGenerator -f 3) -p 250 -w 1",
          1000);
  private static final String[] LEARNERS = {
    "trees.HoeffdingAdaptiveTree -g 50", "bayes.NaiveBayes", "meta.OzaBagAdwin -s 3"
  };

  /** So lax that the image, soon after the drift, holds the state of every policy. */
  private static final DriftSpec LAX = new DriftSpec("ADWINChangeDetector -a 0.9", null);

  private static final DriftPolicies POLICIES =
      new DriftPolicies(
          new DriftSpec("ADWINChangeDetector -a 0.002", "ADWINChangeDetector -a 0.99")
              .with(DriftSpec.OnWarning.START_BACKGROUND, DriftSpec.OnDrift.REPLACE),
          Map.of(
              "s1", LAX.with(DriftSpec.OnWarning.NONE, DriftSpec.OnDrift.BOOST),
              "s2", LAX.with(DriftSpec.OnWarning.NONE, DriftSpec.OnDrift.RESET)));

  @BeforeAll
  static void regenerate() throws IOException {
    if (!Boolean.getBoolean("meander.regenerate")) {
      return;
    }
    Learning learning = learned(IMAGE_AT);
    Files.createDirectories(FORMAT_1);
    Files.write(
        FORMAT_1.resolve("image.bin"),
        new ModelSetCodec(STREAM.context()).write(learning.set).bytes());
    Files.write(
        FORMAT_1.resolve("learner.bin"),
        new LearnerCodec(STREAM.context()).writeCanonical(learning.set.slot("s0")));
    FactWriter log = new FactWriter(STREAM.context());
    int known = learning.facts.size();
    learning.learnAll(STREAM.rows().subList(IMAGE_AT, LOG_TO));
    ModelSet counter = new ModelSet("all", Learning.TWO);
    for (int i = known; i < learning.facts.size(); i++) {
      counter.position = i + 1L;
      log.add(counter, learning.facts.get(i));
    }
    Files.write(FORMAT_1.resolve("log.bin"), log.close(0, COMPRESSION));
  }

  @Test
  void imageAndLogBringTheModelsBack() throws IOException {
    ModelSet set =
        new ModelSetCodec(STREAM.context())
            .read("all", Files.readAllBytes(FORMAT_1.resolve("image.bin")))
            .set();
    assertThat(set.labels()).isEqualTo(IMAGE_AT);
    assertThat(set.slot("s0").background).isNotNull();
    assertThat(set.slot("s1").boostLeft).isPositive();
    assertThat(set.slot("s2").incarnation()).isGreaterThan(1);
    new Replay(STREAM.context(), new Reducer(STREAM.context()))
        .run(set, List.of(Files.readAllBytes(FORMAT_1.resolve("log.bin"))));
    assertThat(set.labels()).isEqualTo(LOG_TO);

    Learning stored = learning();
    stored.set = set;
    Learning fresh = learned(LOG_TO);
    assertThat(set.position()).isEqualTo(fresh.facts.size());
    for (Stream.Row row : STREAM.rows().subList(LOG_TO, STREAM.rows().size())) {
      Answer expected = fresh.learn(row);
      Answer actual = stored.learn(row);
      for (int i = 0; i < LEARNERS.length; i++) {
        assertThat(actual.slots()[i].votes()).isEqualTo(expected.slots()[i].votes());
      }
    }
  }

  @Test
  void aPayloadAnswersAsItDid() throws IOException {
    Predictor predictor =
        new LearnerCodec(STREAM.context())
            .read(Files.readAllBytes(FORMAT_1.resolve("learner.bin")));
    Learning fresh = learned(IMAGE_AT);

    for (Stream.Row row : STREAM.rows()) {
      double[] raw =
          fresh.set.slot("s0").learner().votes(STREAM.context().instance(row.features()));
      assertThat(predictor.vote(row.features()).votes()).isEqualTo(Votes.normalised(raw, 2));
    }
  }

  private static Learning learned(int instances) {
    return learning().learnAll(STREAM.rows().subList(0, instances));
  }

  private static Learning learning() {
    Deployment slots = Learning.deployment(null, LEARNERS);
    return new Learning(STREAM.context(), new Deployment(1, slots.slots(), "s0", POLICIES, null));
  }
}

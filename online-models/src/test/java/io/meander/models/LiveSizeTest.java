/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveSizeTest {

  private static final Stream AGRAWAL = Stream.generated("generators.AgrawalGenerator -f 2", 5000);
  private static final double FACTOR = 1.5;

  /** What a set with one slot takes beside its learner; some learners take less than that. */
  private static final int SET = 900;

  private static final int COLUMNS = 12;
  private static final int INSTANCES = 300;

  @ParameterizedTest
  @CsvSource({
    "bayes.NaiveBayes",
    "trees.HoeffdingTree -g 50",
    "trees.HoeffdingAdaptiveTree -g 50",
    "meta.OzaBagAdwin",
    "meta.LeveragingBag",
    "meta.AdaptiveRandomForest -s 5",
    "functions.SGD",
    "lazy.kNN"
  })
  void isNearWhatJolWalks(String learner) {
    ModelSetCodec codec = new ModelSetCodec(AGRAWAL.context());
    Learning learning = Learning.of(AGRAWAL.context(), learner);
    int learned = 0;
    for (int instances : new int[] {1, 50, 500, 5000}) {
      learning.learnAll(AGRAWAL.rows().subList(learned, instances));
      learned = instances;
      ModelSetCodec.Written written = codec.write(learning.set);
      ModelSetCodec.Loaded loaded = codec.read("all", written.bytes());

      assertThat((double) written.liveBytes())
          .as("%d instances, live", instances)
          .isBetween(walked(learning.set) / FACTOR, walked(learning.set) * FACTOR);
      assertThat((double) loaded.liveBytes())
          .as("%d instances, read back", instances)
          .isBetween(walked(loaded.set()) / FACTOR, walked(loaded.set()) * FACTOR);
    }
  }

  /** At one size; the learners are those that the contract supports. */
  @Test
  void holdsForEverySupportedLearner() throws IOException {
    SoftAssertions softly = new SoftAssertions();
    for (LearnerVerdict verdict : supported()) {
      Learner learner = learned(verdict);
      LiveSize estimate = new LiveSize();
      JavaObjects.write(learner.classifier(), header, estimate);
      double walked = Walked.bytes(learner.classifier(), header);
      softly
          .assertThat((double) estimate.bytes() + SET)
          .as(verdict.name())
          .isBetween((walked + SET) / FACTOR, (walked + SET) * FACTOR);
    }
    softly.assertAll();
  }

  private InstancesHeader header;

  /** Learns the first kind of stream that it can take. */
  private Learner learned(LearnerVerdict verdict) {
    for (ContractStream.Kind kind : ContractStream.Kind.of(verdict.task(), COLUMNS)) {
      ContractStream stream = new ContractStream(kind, verdict.task(), INSTANCES);
      header = stream.header();
      Learner learner =
          new Learner(
              Learners.create(
                  new SlotSpec("s", LearnerChecks.optionString(verdict.name()), 7), header),
              null);
      try {
        for (ContractStream.Row row : stream.rows()) {
          learner.votes(stream.instance(row));
          Instance instance = stream.instance(row);
          instance.setClassValue(row.label());
          learner.train(instance);
        }
        return learner;
      } catch (RuntimeException e) {
        // Not for this kind of stream.
      }
    }
    throw new AssertionError(verdict.name() + " learns no stream");
  }

  private static List<LearnerVerdict> supported() throws IOException {
    return Files.readAllLines(LearnerContractTest.LIST).stream()
        .skip(1)
        .map(LearnerVerdict::parse)
        .filter(LearnerVerdict::supported)
        .toList();
  }

  private static double walked(ModelSet set) {
    return Walked.bytes(set, AGRAWAL.context().header());
  }
}

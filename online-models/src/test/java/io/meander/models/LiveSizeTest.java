/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import moa.classifiers.Classifier;
import moa.classifiers.core.attributeclassobservers.DiscreteAttributeClassObserver;
import moa.classifiers.core.attributeclassobservers.NumericAttributeClassObserver;
import moa.classifiers.core.driftdetection.ChangeDetector;
import moa.classifiers.core.splitcriteria.SplitCriterion;
import moa.classifiers.trees.ARFHoeffdingTree;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jol.info.GraphLayout;

class LiveSizeTest {

  private static final Stream AGRAWAL = Stream.generated("generators.AgrawalGenerator -f 2", 5000);
  private static final double FACTOR = 1.5;

  static {
    // Or JOL does not look into records.
    System.setProperty("jol.magicFieldOffset", "true");
  }

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

  /**
   * What the set keeps on the heap alone: without the header that all share, and without the
   * classes that options name, which JOL would walk into.
   */
  private static double walked(ModelSet set) {
    GraphLayout shared =
        GraphLayout.parseInstance(
            AGRAWAL.context().header(),
            ChangeDetector.class,
            Classifier.class,
            DiscreteAttributeClassObserver.class,
            NumericAttributeClassObserver.class,
            SplitCriterion.class,
            ARFHoeffdingTree.class);
    return GraphLayout.parseInstance(set).subtract(shared).totalSize();
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ImageCostTest {

  @Test
  void isWithinWhatTheRuleAllows() {
    Stream stream = Stream.generated("generators.SEAGenerator", 1);
    ImageCost cost =
        ImageCost.measure(
            stream.context(),
            Learning.deployment(null, "trees.HoeffdingTree", "bayes.NaiveBayes"),
            ImageRule.of(Duration.ofMillis(100)));

    assertThat(cost.imageBytes()).isBetween(1_000, 1_000_000);
    assertThat(cost.instancesPerImage()).isPositive();
    assertThat(cost.share()).isBetween(0.0, 1.0);
    assertThat(cost.loadMillis()).isPositive();
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FeatureInputs;
import io.meander.features.FeatureSpec;
import io.meander.features.FeatureSpec.Range;
import io.meander.features.FeatureSpec.Remembered;
import io.meander.features.history.HistoryForm;
import io.meander.features.history.Stat;
import io.meander.flink.SpecVariants;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The points of {@link LearningOperatorTest} with features over their events and labels. */
final class PastFeatures {

  private static final List<FeatureSpec> FEATURES =
      List.of(
          past("events", "x", false, window(Stat.COUNT, 500)),
          past("spread", "x", false, window(Stat.STD, 900)),
          past("before", "x", false, new HistoryForm.Lag(1, false)),
          past("scaled", "x", false, new HistoryForm.Scaled(true)),
          past("share", "l", true, window(Stat.MEAN, 400)),
          past("recent", "l", true, new HistoryForm.Weighted(null, 5)),
          past("since", "l", true, new HistoryForm.Since()),
          past("alike", "y", true, new HistoryForm.Target(8, 2)));

  private PastFeatures() {}

  private static FeatureSpec past(String name, String field, boolean labels, HistoryForm form) {
    return new Remembered(name, field, labels, Range.ALL, null, form);
  }

  private static HistoryForm window(Stat stat, int millis) {
    return new HistoryForm.Window(stat, 0.5, Duration.ofMillis(millis), 10);
  }

  static PipelineSpec of(PipelineSpec spec) {
    List<FeatureSpec> features = new ArrayList<>(spec.features());
    features.addAll(FEATURES);
    return SpecVariants.with(spec, "features", features);
  }

  /** The point with open columns, as a reader would have made it. */
  static Observation open(Observation point) {
    double[] vector = Arrays.copyOf(point.features(), 2 + FEATURES.size());
    Arrays.fill(vector, 2, vector.length, Double.NaN);
    double x = point.features()[0];
    double[] inputs = {1, x, x, x, Math.floor(point.features()[1] * 20)};
    return new Observation(
        point.sequence(),
        point.eventId(),
        point.key(),
        point.eventTime(),
        vector,
        point.label(),
        point.weight(),
        point.slices(),
        FeatureInputs.NONE.withEvent(inputs));
  }

  /** The label as a reader would have made it. */
  static LabelArrival read(LabelArrival label) {
    double value = label.label();
    return new LabelArrival(
        label.sequence(),
        label.eventId(),
        label.key(),
        label.time(),
        label.label(),
        label.scoreOnly(),
        FeatureInputs.NONE.withLabel(new double[] {value, value, 1, value}));
  }
}

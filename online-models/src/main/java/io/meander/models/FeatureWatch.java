/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import moa.classifiers.core.driftdetection.ChangeDetector;

/**
 * Watches one column of the features, at each label, in both directions. Its first {@link
 * #REFERENCE} observations only say what is usual; from then on detectors are fed where a value
 * lies among the usual ones, 0 to 1: in the middle if it is their mean, at the ends if it is {@link
 * #REACH} standard deviations away or more. A missing rate needs no scale: 1 if missing, else 0. An
 * alarm begins the watch anew. Mutable, owned by one model set.
 */
final class FeatureWatch {

  /** In observations: of values those that are not missing, of a missing rate all. */
  static final long REFERENCE = 100;

  /** In standard deviations of the reference. */
  static final double REACH = 4;

  private final FeatureWatchSpec spec;
  private final int column;
  private final BothWays detector;
  private final RecentError recent;
  private double mean;

  /** Sum of squared distances from the mean, over the reference. */
  private double squares;

  /**
   * Whether the last observation alarmed; not part of the state, since a fact clears it at once.
   */
  private boolean raised;

  FeatureWatch(FeatureWatchSpec spec, ModelContext context) {
    this(
        spec,
        context,
        new BothWays(Detectors.create(spec.detector()), Detectors.create(spec.detector())),
        new RecentError());
  }

  private FeatureWatch(
      FeatureWatchSpec spec, ModelContext context, BothWays detector, RecentError recent) {
    this.spec = spec;
    this.column = column(spec, context);
    this.detector = detector;
    this.recent = recent;
  }

  private static int column(FeatureWatchSpec spec, ModelContext context) {
    for (int i = 0; i < context.features().size(); i++) {
      if (context.features().columns().get(i).name().equals(spec.column())) {
        return i;
      }
    }
    throw new IllegalStateException("there is no column " + spec.column() + " to be watched");
  }

  void add(double[] features) {
    raised = false;
    double value = features[column];
    boolean missing = Double.isNaN(value);
    if (spec.measure() == FeatureWatchSpec.Measure.MISSING) {
      observe(missing ? 1 : 0);
    } else if (!missing) {
      observe(value);
    }
  }

  private void observe(double value) {
    recent.add(value);
    long seen = recent.seen();
    if (seen <= REFERENCE) {
      double distance = value - mean;
      mean += distance / seen;
      squares += distance * (value - mean);
      return;
    }
    detector.input(spec.measure() == FeatureWatchSpec.Measure.MISSING ? value : scaled(value));
    raised = detector.getChange();
  }

  private double scaled(double value) {
    double deviation = Math.sqrt(squares / (REFERENCE - 1));
    if (deviation == 0 || !Double.isFinite(deviation)) { // as good as constant, or beyond doubles
      return value == mean ? 0.5 : value > mean ? 1 : 0;
    }
    double scaled = 0.5 + (value - mean) / (2 * REACH * deviation);
    return Math.max(0, Math.min(1, scaled));
  }

  boolean raised() {
    return raised;
  }

  FeatureWatchSpec spec() {
    return spec;
  }

  ChangeDetector detector() {
    return detector;
  }

  /** Mean of what was observed over about the last 1000, or fewer since the watch began. */
  double before() {
    return recent.before();
  }

  /** The same over about the last 50. */
  double after() {
    return recent.late();
  }

  /** Layout: spec, recent means as {@link RecentError#write}, mean, squares double. */
  void write(DataOutput out) throws IOException {
    spec.write(out);
    recent.write(out);
    out.writeDouble(mean);
    out.writeDouble(squares);
  }

  /** What is stored of it beside its detectors. */
  record Stored(FeatureWatchSpec spec, RecentError recent, double mean, double squares) {

    static Stored read(DataInput in) throws IOException {
      return new Stored(
          FeatureWatchSpec.read(in), RecentError.read(in), in.readDouble(), in.readDouble());
    }

    FeatureWatch with(ModelContext context, Object detector) {
      FeatureWatch watch = new FeatureWatch(spec, context, (BothWays) detector, recent);
      watch.mean = mean;
      watch.squares = squares;
      return watch;
    }
  }
}

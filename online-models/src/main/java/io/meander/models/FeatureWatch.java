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
  private final Header header;
  private final int place;
  private final BothWays detector;
  private final RecentError recent;
  private double mean;

  /** Sum of squared distances from the mean, over the reference. */
  private double squares;

  /**
   * Whether the last observation alarmed; not part of the state, since a fact clears it at once.
   */
  private boolean raised;

  /**
   * @param header of the schema whose column it is
   */
  FeatureWatch(FeatureWatchSpec spec, Header header) {
    this(
        spec,
        header,
        new BothWays(Detectors.create(spec.detector()), Detectors.create(spec.detector())),
        new RecentError());
  }

  private FeatureWatch(
      FeatureWatchSpec spec, Header header, BothWays detector, RecentError recent) {
    this.spec = spec;
    this.header = header;
    this.place = header.place(spec.column());
    if (place < 0) {
      throw new IllegalStateException("there is no column " + spec.column() + " to be watched");
    }
    this.detector = detector;
    this.recent = recent;
  }

  /** A fresh watch of the same. */
  FeatureWatch anew() {
    return new FeatureWatch(spec, header);
  }

  /** Whether it watches what a schema has under its column's name. */
  boolean isOf(Header other) {
    return other.place(spec.column()) == place;
  }

  /**
   * @param features of the layout, or of an earlier one: then what it lacks is not observed
   */
  void add(double[] features) {
    raised = false;
    if (place >= features.length) {
      return;
    }
    double value = features[place];
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

  /**
   * Layout: fingerprint of the schema UTF, spec, recent means as {@link RecentError#write}, mean,
   * squares double.
   */
  void write(DataOutput out) throws IOException {
    out.writeUTF(header.fingerprint());
    spec.write(out);
    recent.write(out);
    out.writeDouble(mean);
    out.writeDouble(squares);
  }

  /** What is stored of it beside its detectors. */
  record Stored(
      String fingerprint, FeatureWatchSpec spec, RecentError recent, double mean, double squares) {

    static Stored read(DataInput in) throws IOException {
      return new Stored(
          in.readUTF(),
          FeatureWatchSpec.read(in),
          RecentError.read(in),
          in.readDouble(),
          in.readDouble());
    }

    FeatureWatch with(ModelContext context, Object detector) {
      FeatureWatch watch =
          new FeatureWatch(spec, context.header(fingerprint), (BothWays) detector, recent);
      watch.mean = mean;
      watch.squares = squares;
      return watch;
    }
  }
}

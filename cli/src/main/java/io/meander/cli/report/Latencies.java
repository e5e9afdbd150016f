/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Observation;
import io.meander.models.Scored;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Verification latencies: from an event's time to that of its label. Exact to three digits, in
 * bounded memory. A label that came before its event counts as 0; one without a time, or of an
 * event without one, does not count.
 */
final class Latencies {

  private static final int DIGITS = 3;

  /** Bars are twice as wide each; the first ends here. */
  private static final long FIRST_BAR_MILLIS = 1000;

  private final Histogram millis = new Histogram(DIGITS);

  /**
   * A stretch of latencies.
   *
   * @param seconds where it begins
   * @param toSeconds where it ends
   */
  record Bar(double seconds, double toSeconds, long count) {}

  void add(Scored label) {
    long from = label.answer().eventTime();
    if (from != Observation.NO_TIME && label.labelTime() != Observation.NO_TIME) {
      millis.recordValue(Math.max(0, label.labelTime() - from));
    }
  }

  long count() {
    return millis.getTotalCount();
  }

  /**
   * @param percent 0 for the least, 100 for the greatest
   * @return NaN if there are none
   */
  double seconds(double percent) {
    if (count() == 0) {
      return Double.NaN;
    }
    long value = percent == 0 ? millis.getMinValue() : millis.getValueAtPercentile(percent);
    return Math.min(value, millis.getMaxValue()) / 1e3;
  }

  /** From the shortest on, without gaps; none if there are no latencies. */
  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    double from = 0;
    for (HistogramIterationValue bar : millis.logarithmicBucketValues(FIRST_BAR_MILLIS, 2)) {
      double to = (bar.getValueIteratedTo() + 1) / 1e3;
      if (bar.getCountAddedInThisIterationStep() > 0 || !bars.isEmpty()) {
        bars.add(new Bar(from, to, bar.getCountAddedInThisIterationStep()));
      }
      from = to;
    }
    return bars;
  }
}

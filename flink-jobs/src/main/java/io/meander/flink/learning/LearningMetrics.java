/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.flink.PipelineMetrics;
import io.meander.models.AnomalyTarget;
import io.meander.models.Answer;
import io.meander.models.DriftSignal;
import io.meander.models.Observation;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What a learning task counts, and what its job's web page shows of it. Its thread alone counts.
 */
final class LearningMetrics {

  private static final int HISTOGRAM = 1000;

  final Counter labels;
  final Counter unlabelled;
  private final Counter called;
  final Counter featureDrifts;
  final Counter published;
  final Counter expired;
  final Counter outgrown;
  final Counter promotions;
  final Counter repeats;
  final Counter unborn;

  /** Time the last flush before a barrier took. */
  volatile long barrierMillis;

  private final Counter predictions;
  private final Map<DriftSignal.Level, Counter> drifts = new EnumMap<>(DriftSignal.Level.class);

  /** By how much an answered event was younger than the last one its models had learned. */
  private final Histogram staleness = new DescriptiveStatisticsHistogram(HISTOGRAM);

  /** From a publication's being due to its leaving. */
  private final Histogram publishLag = new DescriptiveStatisticsHistogram(HISTOGRAM);

  /**
   * @param what whose accumulators these are: empty, or a word before their names
   */
  LearningMetrics(MetricGroup metrics, RuntimeContext runtime, String what) {
    predictions = PipelineMetrics.shown(metrics, "predictions", runtime, what + "predictions");
    labels = PipelineMetrics.shown(metrics, "labels", runtime, what + "labels learned");
    unlabelled = metrics.counter("unlabelledLearned");
    called = metrics.counter("calledAnomalies");
    for (DriftSignal.Level level : DriftSignal.Level.values()) {
      if (level == DriftSignal.Level.DRIFT || level == DriftSignal.Level.WARNING) {
        String name = PipelineMetrics.camelCase(level.name());
        drifts.put(
            level,
            PipelineMetrics.shown(
                metrics.addGroup("level", name), "drifts", runtime, what + name + "s"));
      }
    }
    featureDrifts = metrics.counter("featureDrifts");
    published = PipelineMetrics.shown(metrics, "snapshots", runtime, what + "snapshots");
    expired = metrics.counter("expiredKeys");
    outgrown = metrics.counter("outgrownSlots");
    promotions = PipelineMetrics.shown(metrics, "promotions", runtime, what + "promotions");
    repeats = metrics.counter("repeatedEvents");
    unborn = metrics.counter("ordersForUnknownKeys");
    metrics.gauge("barrierMillis", () -> barrierMillis);
    metrics.histogram("stalenessMillis", staleness);
    metrics.histogram("publishLagMillis", publishLag);
  }

  /**
   * An event was answered.
   *
   * @param time its own
   * @param learned that of the last event its models learned; either may be unknown
   */
  void predicted(long time, long learned) {
    predictions.inc();
    if (time != Observation.NO_TIME && learned != Observation.NO_TIME) {
      staleness.update(Math.max(0, time - learned));
    }
  }

  /** An event was answered whose question is whether it is an anomaly. */
  void scored(Answer answer) {
    if (answer.servedAnswer().predicted() == AnomalyTarget.ANOMALY) {
      called.inc();
    }
  }

  void drifted(DriftSignal.Level level) {
    drifts.get(level).inc();
  }

  /** A publication left that had been due for some time. */
  void publishedAfter(long millis) {
    publishLag.update(millis);
  }
}

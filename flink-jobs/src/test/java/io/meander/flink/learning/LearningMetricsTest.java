/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.AnomalyTarget;
import io.meander.models.Answer;
import io.meander.models.DriftSignal;
import io.meander.models.Observation;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.junit.jupiter.api.Test;

class LearningMetricsTest {

  private final Map<String, Object> shown = new HashMap<>();
  private final MockStreamingRuntimeContext runtime = new MockStreamingRuntimeContext(1, 0);
  private final LearningMetrics metrics = new LearningMetrics(new Group(""), runtime, "");

  @Test
  void countsPredictionsAndHowStaleTheirModelsWere() {
    metrics.predicted(5_000, Observation.NO_TIME);
    metrics.predicted(5_000, 2_000);
    metrics.predicted(5_000, 6_000);

    assertThat(counter("predictions").getCount()).isEqualTo(3);
    assertThat(runtime.getLongCounter("predictions").getLocalValuePrimitive()).isEqualTo(3);
    assertThat(histogram("stalenessMillis").getCount()).isEqualTo(2);
    assertThat(histogram("stalenessMillis").getStatistics().getMax()).isEqualTo(3_000);
    assertThat(histogram("stalenessMillis").getStatistics().getMin()).isZero();
  }

  @Test
  void countsWhatWasCalledAnAnomaly() {
    metrics.scored(scored(AnomalyTarget.NORMAL));
    metrics.scored(scored(AnomalyTarget.ANOMALY));
    metrics.scored(scored(AnomalyTarget.ANOMALY));

    assertThat(counter("calledAnomalies").getCount()).isEqualTo(2);
  }

  private static Answer scored(double predicted) {
    Answer.SlotAnswer slot =
        new Answer.SlotAnswer("trees", 1, 600, 0, predicted, new double[] {0.7, 0.6});
    return new Answer("e", "k", 0, 1, new Answer.SlotAnswer[] {slot}, 0, 0, 0, new String[0]);
  }

  @Test
  void countsDriftsByLevel() {
    metrics.drifted(DriftSignal.Level.WARNING);
    metrics.drifted(DriftSignal.Level.WARNING);
    metrics.drifted(DriftSignal.Level.DRIFT);

    assertThat(counter("level.warning.drifts").getCount()).isEqualTo(2);
    assertThat(counter("level.drift.drifts").getCount()).isEqualTo(1);
    assertThat(runtime.getLongCounter("warnings").getLocalValuePrimitive()).isEqualTo(2);
  }

  @Test
  void showsWhatThePresentValuesAre() {
    metrics.barrierMillis = 7;
    metrics.publishedAfter(30);

    assertThat(((Gauge<?>) shown.get("barrierMillis")).getValue()).isEqualTo(7L);
    assertThat(histogram("publishLagMillis").getStatistics().getValues()).containsExactly(30);
  }

  private Counter counter(String name) {
    return (Counter) shown.get(name);
  }

  private Histogram histogram(String name) {
    return (Histogram) shown.get(name);
  }

  /** Remembers what is registered. */
  private final class Group extends UnregisteredMetricsGroup {

    private final String prefix;

    Group(String prefix) {
      this.prefix = prefix;
    }

    @Override
    public MetricGroup addGroup(String key, String value) {
      return new Group(prefix + key + "." + value + ".");
    }

    @Override
    public Counter counter(String name) {
      return counter(name, new SimpleCounter());
    }

    @Override
    public <C extends Counter> C counter(String name, C counter) {
      shown.put(prefix + name, counter);
      return counter;
    }

    @Override
    public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
      shown.put(prefix + name, gauge);
      return gauge;
    }

    @Override
    public <H extends Histogram> H histogram(String name, H histogram) {
      shown.put(prefix + name, histogram);
      return histogram;
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.bench.Measurement;
import io.meander.bench.Measurement.Spread;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;

/**
 * A task that comes back from a checkpoint: the time to its first answer, and to 99% of the steady
 * rate, which is reached when most keys that are asked for have been loaded.
 */
final class RecoveryScenario {

  static final String NAME = "recovery";

  private static final double STEADY = 0.99;
  private static final int PROTOTYPES = 16;
  private static final int WINDOWS = 400;

  private RecoveryScenario() {}

  /**
   * @param eventsPerKey after the restore, the second half of which gives the steady rate
   */
  static List<Measurement> run(
      Source source,
      String learner,
      int keys,
      int instances,
      int eventsPerKey,
      Duration maxLoad,
      int rounds)
      throws Exception {
    PipelineSpec spec = source.spec(learner, maxLoad);
    List<Prototype> prototypes =
        Prototype.spread(
            Workload.inTurn(source, 1), spec, instances, Math.min(PROTOTYPES, keys), 1);
    Workload workload = Workload.uniform(source, keys, Math.max(1, keys * eventsPerKey));
    List<Double> first = new ArrayList<>();
    List<Double> steady = new ArrayList<>();
    List<Double> loads = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    try (MeanderTask before = new MeanderTask(spec, 1L << 30, null)) {
      GrownScenario.preload(before, keys, prototypes);
      OperatorSubtaskState state = before.save();
      for (int round = 0; round < rounds; round++) {
        System.gc();
        long start = System.nanoTime();
        try (MeanderTask task = new MeanderTask(spec, 1L << 40, state)) {
          task.learn(workload.event(0));
          first.add((System.nanoTime() - start) / 1e6);
          if (task.count("loads") != 1) {
            throw new IllegalStateException("the first answer took more than its own key");
          }
          if (eventsPerKey > 0) {
            long[] ends = windows(task, workload, (long) keys * eventsPerKey);
            long steadyNanos = (ends[WINDOWS] - ends[WINDOWS / 2]) / (WINDOWS / 2);
            steady.add((ends[steadyFrom(ends, steadyNanos)] - start) / 1e6);
            rates.add(keys * (double) eventsPerKey / WINDOWS * 1e9 / steadyNanos);
            loads.add(task.mean("loadMicros"));
          }
        }
      }
    }
    Map<String, Double> figures = new java.util.TreeMap<>();
    figures.put("max_load_millis", (double) maxLoad.toMillis());
    figures.put("instances_per_model", (double) instances);
    figures.put("first_answer_millis", Spread.of(first).median());
    if (!steady.isEmpty()) {
      figures.put("steady_after_millis", Spread.of(steady).median());
      figures.put("load_micros", Spread.of(loads).median());
    }
    return List.of(
        Measurement.ofRates(
            NAME,
            "meander",
            learner,
            keys,
            source.name(),
            (long) keys * eventsPerKey,
            rounds,
            rates,
            figures));
  }

  /** The times at which windows of equally many events ended; the first is that of the start. */
  private static long[] windows(Design task, Workload workload, long events) throws Exception {
    long[] ends = new long[WINDOWS + 1];
    ends[0] = System.nanoTime();
    for (int w = 0; w < WINDOWS; w++) {
      for (long i = events * w / WINDOWS; i < events * (w + 1) / WINDOWS; i++) {
        task.learn(workload.event(i));
      }
      ends[w + 1] = System.nanoTime();
    }
    return ends;
  }

  /** The end of the first ten windows in a row that are as fast as the steady ones, nearly. */
  private static int steadyFrom(long[] ends, long steadyNanos) {
    int smoothed = 10;
    for (int w = smoothed; w < ends.length; w++) {
      if ((ends[w] - ends[w - smoothed]) * STEADY <= (double) smoothed * steadyNanos) {
        return w - smoothed;
      }
    }
    return ends.length - 1;
  }
}

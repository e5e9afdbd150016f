/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.bench.Measurement;
import io.meander.bench.Measurement.Sizes;
import io.meander.bench.Measurement.Spread;
import io.meander.bench.Measurement.Tail;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Checkpoints of models that all learned since the last one, in a steady state in which some images
 * are written in every interval: the stall before the barrier, and the bytes that an incremental
 * checkpoint uploads.
 */
final class BarrierScenario {

  static final String NAME = "barrier";

  /** Many, so that in every interval some keys come to the end of their log. */
  private static final int PROTOTYPES = 256;

  private static final int IMAGES = 3;
  private static final int WARM_UP = 3;

  private BarrierScenario() {}

  /**
   * @param keys all of which learn in each interval
   * @param instances that each has learned before
   * @param labels each gets per interval
   * @param maxLoad the knob
   */
  static List<Measurement> run(
      Source source,
      String learner,
      int keys,
      int instances,
      int labels,
      int checkpoints,
      Duration maxLoad)
      throws Exception {
    PipelineSpec spec = source.spec(learner, maxLoad);
    Workload one = Workload.inTurn(source, 1);
    Workload workload = Workload.inTurn(source, keys);
    List<Measurement> measured = new ArrayList<>();
    try (MeanderTask task = new MeanderTask(spec, 1L << 40, null)) {
      GrownScenario.preload(
          task, keys, Prototype.spread(one, spec, instances, Math.min(PROTOTYPES, keys), IMAGES));
      Interval.run(task, workload, keys, labels, WARM_UP);
      long imagesBefore = task.count("images");
      List<Interval> intervals = Interval.run(task, workload, keys, labels, checkpoints);
      double images = (double) (task.count("images") - imagesBefore) / checkpoints;
      measured.add(
          measured(
              task, source, learner, keys, instances, labels, intervals, Map.of("images", images)));
    }
    System.gc();
    try (NaiveTask task = NaiveTask.rewriteCache(source, learner, keys)) {
      byte[] model = GrownScenario.grownPlain(source, learner, one, instances).toBytes();
      for (int k = 0; k < keys; k++) {
        task.preload(Workload.key(k), model);
      }
      Interval.run(task, workload, keys, labels, WARM_UP);
      List<Interval> intervals = Interval.run(task, workload, keys, labels, checkpoints);
      measured.add(measured(task, source, learner, keys, instances, labels, intervals, Map.of()));
    }
    System.gc();
    return measured;
  }

  private record Interval(Timed learning, Design.Barrier barrier) {
    static List<Interval> run(
        Design design, Workload workload, int keys, int labels, int checkpoints) throws Exception {
      List<Interval> intervals = new ArrayList<>();
      long events = (long) keys * labels;
      for (int c = 0; c < checkpoints; c++) {
        Timed learning = Timed.run(design, workload, c * events, (c + 1) * events);
        intervals.add(new Interval(learning, design.checkpoint()));
      }
      return intervals;
    }
  }

  private static Measurement measured(
      Design design,
      Source source,
      String learner,
      int keys,
      int instances,
      int labels,
      List<Interval> intervals,
      Map<String, Double> more) {
    List<Double> uploaded =
        intervals.stream().map(i -> (double) i.barrier().uploadedBytes()).toList();
    Map<String, Double> figures = new java.util.TreeMap<>(more);
    figures.put("instances_per_model", (double) instances);
    figures.put("labels_per_key_and_interval", (double) labels);
    figures.put(
        "median_uploaded_bytes_per_label", Sizes.of(uploaded).median() / ((double) keys * labels));
    figures.put(
        "mean_uploaded_bytes_per_label",
        uploaded.stream().mapToDouble(Double::doubleValue).average().orElseThrow()
            / ((double) keys * labels));
    return new Measurement(
        NAME,
        design.name(),
        learner,
        keys,
        1,
        source.name(),
        (long) keys * labels * intervals.size(),
        1,
        Spread.of(intervals.stream().map(i -> i.learning().perSecond()).toList()),
        null,
        Tail.of(intervals.stream().map(i -> i.barrier().stallNanos() / 1e6).toList()),
        Sizes.of(uploaded),
        null,
        null,
        figures);
  }
}

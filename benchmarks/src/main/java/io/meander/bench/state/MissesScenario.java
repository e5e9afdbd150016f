/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.bench.Measurement;
import io.meander.bench.Measurement.Spread;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A cache that holds a tenth of the models. The cost of a miss is the time that the run took longer
 * than one in which all models are in the cache, over the misses: reading the image, replaying the
 * log, writing the evicted key's facts, and the images that being evicted so often asks for.
 */
final class MissesScenario {

  static final String NAME = "misses";

  private static final double SHARE = 0.1;
  private static final double ZIPF = 1.1;

  private MissesScenario() {}

  static List<Measurement> run(
      Source source, String learner, int keys, int instances, int events, int rounds)
      throws Exception {
    PipelineSpec spec = source.spec(learner, Duration.ofMillis(100));
    Workload one = Workload.inTurn(source, 1);
    List<Prototype> prototypes = Prototype.spread(one, spec, instances, 1, 1);
    List<Measurement> measured = new ArrayList<>();
    for (String order : List.of("zipf", "uniform")) {
      Workload workload =
          order.equals("zipf")
              ? Workload.zipf(source, keys, ZIPF, 2 * events)
              : Workload.uniform(source, keys, 2 * events);
      List<Double> whole = new ArrayList<>();
      List<Double> tenth = new ArrayList<>();
      List<Double> costs = new ArrayList<>();
      List<Double> loadMicros = new ArrayList<>();
      double hitRate = 0;
      double images = 0;
      for (int round = 0; round < rounds; round++) {
        Timed all;
        long bytes;
        try (MeanderTask task = new MeanderTask(spec, 1L << 40, null)) {
          GrownScenario.preload(task, keys, prototypes);
          Timed.run(task, Workload.inTurn(source, keys), 0, keys);
          Timed.run(task, workload, 0, events);
          bytes = task.liveBytes();
          all = Timed.run(task, workload, events, 2L * events);
        }
        System.gc();
        try (MeanderTask task = new MeanderTask(spec, (long) (bytes * SHARE), null)) {
          GrownScenario.preload(task, keys, prototypes);
          Timed.run(task, workload, 0, events);
          long loads = task.count("loads");
          long imagesBefore = task.count("images");
          Timed few = Timed.run(task, workload, events, 2L * events);
          double misses = task.count("loads") - loads;
          images = task.count("images") - imagesBefore;
          hitRate = 1 - misses / events;
          whole.add(all.perSecond());
          tenth.add(few.perSecond());
          costs.add((few.nanos() - all.nanos()) / misses / 1e6);
          loadMicros.add(task.mean("loadMicros"));
        }
        System.gc();
      }
      measured.add(
          Measurement.ofRates(
              NAME,
              "meander",
              learner,
              keys,
              source.name() + ", " + order,
              events,
              rounds,
              tenth,
              Map.of(
                  "hit_rate",
                  hitRate,
                  "miss_millis",
                  Spread.of(costs).median(),
                  "load_micros",
                  Spread.of(loadMicros).median(),
                  "images_per_miss",
                  images / ((1 - hitRate) * events),
                  "instances_per_model",
                  (double) instances,
                  "events_per_second_all_in_cache",
                  Spread.of(whole).median())));
    }
    return measured;
  }
}

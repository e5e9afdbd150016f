/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.bench.Measurement;
import io.meander.bench.Measurement.Spread;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Models that have grown, beside a value state that reads and writes them at every event. */
final class GrownScenario {

  static final String NAME = "grown";

  private static final int PROTOTYPES = 8;

  private GrownScenario() {}

  static List<Measurement> run(
      Source source, String learner, int keys, int instances, long naiveEvents, int rounds)
      throws Exception {
    PipelineSpec spec = source.spec(learner, Duration.ofMillis(100));
    Workload one = Workload.inTurn(source, 1);
    Workload workload = Workload.inTurn(source, keys);
    List<Prototype> prototypes = Prototype.spread(one, spec, instances, PROTOTYPES, 1);
    byte[] plain = grownPlain(source, learner, one, instances).toBytes();
    List<Double> meander = new ArrayList<>();
    List<Double> naive = new ArrayList<>();
    List<Double> times = new ArrayList<>();
    long events = Math.max(naiveEvents, keys) * 10;
    for (int round = 0; round < rounds; round++) {
      try (MeanderTask task = new MeanderTask(spec, 4L << 30, null)) {
        preload(task, keys, prototypes);
        Timed.run(task, workload, 0, keys);
        meander.add(Timed.run(task, workload, keys, keys + events).perSecond());
      }
      try (NaiveTask task = NaiveTask.valueState(source, learner)) {
        for (int k = 0; k < keys; k++) {
          task.preload(Workload.key(k), plain);
        }
        Timed.run(task, workload, 0, Math.min(keys, naiveEvents / 10 + 1));
        naive.add(Timed.run(task, workload, keys, keys + naiveEvents).perSecond());
      }
      times.add(meander.get(round) / naive.get(round));
    }
    return List.of(
        Measurement.ofRates(
            NAME,
            "value-state",
            learner,
            keys,
            source.name(),
            naiveEvents,
            rounds,
            naive,
            Map.of("instances_per_model", (double) instances)),
        Measurement.ofRates(
            NAME,
            "meander",
            learner,
            keys,
            source.name(),
            events,
            rounds,
            meander,
            Map.of(
                "instances_per_model",
                (double) instances,
                "times_value_state",
                Spread.of(times).median())));
  }

  static void preload(MeanderTask task, int keys, List<Prototype> prototypes) throws Exception {
    for (int k = 0; k < keys; k++) {
      task.preload(Workload.key(k), prototypes.get(k % prototypes.size()));
    }
  }

  static PlainModel grownPlain(Source source, String learner, Workload one, int instances) {
    PlainModel model = new PlainModel(PlainModel.header(source), learner);
    for (int i = 0; i < instances; i++) {
      model.learn(one.event(i));
    }
    return model;
  }
}

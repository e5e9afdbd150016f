/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.bench.Measurement;
import io.meander.bench.Measurement.Spread;
import io.meander.bench.Measurement.Tail;
import io.meander.models.Deployment;
import io.meander.models.SlotSpec;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A challenger is deployed to all keys of a task while events come at a fixed rate. An event's
 * latency runs from the moment it was to come, so that one that waits for another is charged for
 * it; the same is measured for the same time before the deployment.
 */
final class DeployScenario {

  static final String NAME = "deploy";

  private static final int PROTOTYPES = 20;
  private static final int IMAGES = 3;

  private DeployScenario() {}

  /**
   * @param challenger option string of the slot that is deployed beside the first
   * @param instances that each key has learned before
   * @param perSecond events
   * @param phase how long is measured before and after
   */
  static List<Measurement> run(
      Source source,
      String learner,
      String challenger,
      int keys,
      int instances,
      int perSecond,
      Duration phase)
      throws Exception {
    PipelineSpec spec = source.spec(learner, Duration.ofMillis(100));
    Workload one = Workload.inTurn(source, 1);
    int events = (int) (perSecond * phase.toSeconds());
    Workload workload = Workload.uniform(source, keys, 3 * events);
    try (MeanderTask task = MeanderTask.live(spec, 1L << 40)) {
      GrownScenario.preload(
          task, keys, Prototype.spread(one, spec, instances, Math.min(PROTOTYPES, keys), IMAGES));
      Workload each = Workload.inTurn(source, keys);
      for (int k = 0; k < keys; k++) {
        task.learn(each.event(k)); // all are in memory
      }
      paced(task, workload, 0, events, perSecond);
      Tail before = Tail.of(paced(task, workload, events, events, perSecond));
      Deployment declared = spec.deployment();
      List<SlotSpec> slots = new ArrayList<>(declared.slots());
      slots.add(new SlotSpec("challenger", challenger, SlotSpec.DEFAULT_SEED));
      task.deploy(
          new Deployment(
              2,
              slots,
              declared.champion(),
              declared.drift(),
              declared.twins(),
              declared.limits(),
              declared.serve()));
      Tail after = Tail.of(paced(task, workload, 2L * events, events, perSecond));
      return List.of(
          new Measurement(
              NAME,
              task.name(),
              learner + " + " + challenger,
              keys,
              1,
              source.name(),
              events,
              1,
              Spread.of(List.of((double) perSecond)),
              null,
              null,
              null,
              after,
              null,
              Map.of(
                  "p50_millis_before",
                  before.p50(),
                  "p99_millis_before",
                  before.p99(),
                  "p99_after_to_before",
                  after.p99() / before.p99(),
                  "keys_behind_at_the_end",
                  (double) task.behind())));
    }
  }

  /** Latencies in milliseconds. */
  private static List<Double> paced(
      MeanderTask task, Workload workload, long from, int events, int perSecond) throws Exception {
    List<Double> latencies = new ArrayList<>(events);
    long start = System.nanoTime();
    for (int i = 0; i < events; i++) {
      long due = start + i * 1_000_000_000L / perSecond;
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      task.learn(workload.event(from + i));
      latencies.add((System.nanoTime() - due) / 1e6);
    }
    return latencies;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.bench.Measurement;
import io.meander.bench.Measurement.Spread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Models that grow from nothing, all of them in the cache: what keeping them safe costs the event
 * path. The designs take turns, the first to go changes from round to round, and each round gives a
 * ratio; the first round warms up and is not counted.
 */
final class LearningScenario {

  static final String NAME = "learning";

  private static final int FLUSHES = 5;

  private LearningScenario() {}

  static List<Measurement> run(Source source, String learner, int keys, long events, int rounds)
      throws Exception {
    Workload workload = Workload.inTurn(source, keys);
    List<Timed> meander = new ArrayList<>();
    List<Timed> moa = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      Timed ours = null;
      Timed plain = null;
      for (int turn = 0; turn < 2; turn++) {
        if ((turn + round) % 2 == 0) {
          try (MeanderTask task =
              new MeanderTask(source.spec(learner, Duration.ofMillis(100)), 4L << 30, null)) {
            ours = timed(task, workload, keys, events, task::flush);
          }
        } else {
          try (PlainMoa task = new PlainMoa(source, learner)) {
            plain = timed(task, workload, keys, events, () -> {});
            if (task.votes() == null) {
              throw new IllegalStateException("no answer");
            }
          }
        }
      }
      if (round > 0) {
        meander.add(ours);
        moa.add(plain);
        ratios.add(ours.perSecond() / plain.perSecond());
      }
    }
    return List.of(
        measured("moa", learner, keys, source, events, moa, List.of()),
        measured("meander", learner, keys, source, events, meander, ratios));
  }

  /**
   * The keys are born first, unmeasured. What a barrier would ask for is done a few times on the
   * way and measured too.
   */
  private static Timed timed(
      Design design, Workload workload, int keys, long events, Flush beforeBarrier)
      throws Exception {
    Timed.run(design, workload, 0, keys);
    System.gc();
    Timed sum = new Timed(0, 0, 0);
    for (int part = 0; part < FLUSHES; part++) {
      sum =
          sum.plus(
              Timed.run(
                  design,
                  workload,
                  keys + events * part / FLUSHES,
                  keys + events * (part + 1) / FLUSHES));
      long start = System.nanoTime();
      beforeBarrier.run();
      sum = sum.plus(new Timed(0, System.nanoTime() - start, 0));
    }
    return sum;
  }

  private interface Flush {
    void run() throws Exception;
  }

  private static Measurement measured(
      String design,
      String learner,
      int keys,
      Source source,
      long events,
      List<Timed> rounds,
      List<Double> ratios) {
    return new Measurement(
        NAME,
        design,
        learner,
        keys,
        1,
        source.name(),
        events,
        rounds.size(),
        Spread.of(rounds.stream().map(Timed::perSecond).toList()),
        ratios.isEmpty() ? null : Spread.of(ratios),
        null,
        null,
        null,
        Spread.of(rounds.stream().map(Timed::allocatedPerEvent).toList()).median(),
        Map.of());
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.bench.Measurement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** What keeping models safe costs, beside plain MOA and beside the obvious designs. */
public final class StateBenchmarks {

  private static final String TREE = "trees.HoeffdingTree";
  private static final String FOREST = "meta.AdaptiveRandomForest -s 10";
  private static final Duration MAX_LOAD = Duration.ofMillis(100);

  private final boolean quick;
  private final int runs;
  private final Path flights;
  private final Consumer<String> progress;
  private final Consumer<Measurement> results;

  /**
   * @param quick fewer keys, events and runs
   * @param runs of each measurement
   * @param flights the example's CSV file, gzipped
   * @param progress told what is about to be measured
   * @param results given every measurement as it is made
   */
  public StateBenchmarks(
      boolean quick,
      int runs,
      Path flights,
      Consumer<String> progress,
      Consumer<Measurement> results) {
    this.quick = quick;
    this.runs = runs;
    this.flights = flights;
    this.progress = progress;
    this.results = results;
  }

  /**
   * Runs the scenarios.
   *
   * @param only names of scenarios; empty for all
   */
  public void run(List<String> only) throws Exception {
    List<Source> sources = Source.NAMES.stream().map(name -> Source.of(name, flights)).toList();
    if (isWanted(only, LearningScenario.NAME)) {
      learning(sources);
    }
    Source agrawal = sources.get(0);
    if (isWanted(only, GrownScenario.NAME)) {
      grown(agrawal);
    }
    if (isWanted(only, BarrierScenario.NAME)) {
      barrier(agrawal);
    }
    if (isWanted(only, MissesScenario.NAME)) {
      misses(agrawal);
    }
    if (isWanted(only, RecoveryScenario.NAME)) {
      recovery(agrawal);
    }
    if (isWanted(only, DeployScenario.NAME)) {
      deploy(agrawal);
    }
  }

  /** The scenarios' names. */
  public static List<String> scenarios() {
    return List.of(
        LearningScenario.NAME,
        GrownScenario.NAME,
        BarrierScenario.NAME,
        MissesScenario.NAME,
        RecoveryScenario.NAME,
        DeployScenario.NAME);
  }

  private static boolean isWanted(List<String> only, String name) {
    return only.isEmpty() || only.contains(name);
  }

  private void learning(List<Source> sources) throws Exception {
    for (Source source : sources) {
      for (int keys : quick ? new int[] {1, 100} : new int[] {1, 100, 10_000}) {
        long trees = Math.max(quick ? 200_000 : 1_000_000, 50L * keys);
        long forests = Math.max(quick ? 5_000 : 20_000, 3L * keys);
        measure(
            "learning, %s, tree, %d keys".formatted(source.name(), keys),
            () -> LearningScenario.run(source, TREE, keys, trees, runs));
        measure(
            "learning, %s, forest, %d keys".formatted(source.name(), keys),
            () -> LearningScenario.run(source, FOREST, keys, forests, runs));
      }
    }
  }

  private void grown(Source source) throws Exception {
    int instances = quick ? 2_000 : 10_000;
    measure("grown trees", () -> GrownScenario.run(source, TREE, 100, instances, 2_000, runs));
    measure(
        "grown forests",
        () -> GrownScenario.run(source, FOREST, quick ? 4 : 10, instances, 20, runs));
  }

  private void barrier(Source source) throws Exception {
    int checkpoints = quick ? 5 : 12;
    for (int keys : quick ? new int[] {200} : new int[] {1_000, 10_000}) {
      for (int instances : quick ? new int[] {2_000, 4_000} : new int[] {10_000, 20_000}) {
        if (keys * (long) instances > 100_000_000) {
          continue; // ten thousand rewritten models of this size take minutes and the whole heap
        }
        measure(
            "barrier, %d trees of %d instances".formatted(keys, instances),
            () -> BarrierScenario.run(source, TREE, keys, instances, 5, checkpoints, MAX_LOAD));
      }
    }
    for (int instances : quick ? new int[] {500} : new int[] {5_000, 10_000}) {
      int keys = quick ? 20 : 100;
      measure(
          "barrier, %d forests of %d instances".formatted(keys, instances),
          () -> BarrierScenario.run(source, FOREST, keys, instances, 5, checkpoints, MAX_LOAD));
    }
  }

  private void misses(Source source) throws Exception {
    int keys = quick ? 1_000 : 10_000;
    measure(
        "misses, %d trees".formatted(keys),
        () -> MissesScenario.run(source, TREE, keys, quick ? 1_000 : 10_000, 20 * keys, runs));
  }

  private void recovery(Source source) throws Exception {
    for (Duration maxLoad : List.of(Duration.ofMillis(10), MAX_LOAD, Duration.ofSeconds(1))) {
      measure(
          "recovery, trees, max-load %d ms".formatted(maxLoad.toMillis()),
          () ->
              RecoveryScenario.run(
                  source, TREE, quick ? 500 : 10_000, quick ? 1_000 : 10_000, 60, maxLoad, runs));
      measure(
          "recovery, forests, max-load %d ms".formatted(maxLoad.toMillis()),
          () ->
              RecoveryScenario.run(
                  source, FOREST, quick ? 10 : 100, quick ? 500 : 2_000, 60, maxLoad, runs));
    }
    int keys = quick ? 20_000 : 1_000_000;
    measure(
        "recovery, the first answer of %d keys".formatted(keys),
        () -> RecoveryScenario.run(source, TREE, keys, 50, 0, MAX_LOAD, runs));
  }

  private void deploy(Source source) throws Exception {
    int keys = quick ? 1_000 : 10_000;
    measure(
        "deploy, a challenger to %d trees".formatted(keys),
        () ->
            DeployScenario.run(
                source,
                TREE,
                "trees.HoeffdingAdaptiveTree",
                keys,
                1_000,
                2_000,
                Duration.ofSeconds(quick ? 5 : 60)));
  }

  private void measure(String what, Callable<List<Measurement>> scenario) throws Exception {
    progress.accept(what);
    scenario.call().forEach(results);
  }
}

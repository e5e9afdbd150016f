/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import io.meander.models.ContractQuestion.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Comes to a verdict on each of MOA's learners, with two child JVMs. For one thread. */
final class LearnerChecks implements AutoCloseable {

  /** What learners are checked with that are too slow or too large as they are. */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "lazy.SAMkNN", "-w 400",
          "meta.AdaptiveRandomForest", "-s 5",
          "meta.AdaptiveRandomForestRegressor", "-s 5",
          "meta.StreamingGradientBoostedTrees", "-s 3",
          "meta.imbalanced.OnlineAdaBoost", "-l trees.HoeffdingTree",
          "meta.imbalanced.OnlineAdaC2", "-l trees.HoeffdingTree",
          "meta.imbalanced.OnlineCSB2", "-l trees.HoeffdingTree",
          "meta.imbalanced.OnlineRUSBoost", "-l trees.HoeffdingTree",
          "meta.imbalanced.OnlineUnderOverBagging", "-l trees.HoeffdingTree",
          "oneclass.HSTrees", "-t 5 -h 8");

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LONG_LIMIT = Duration.ofMinutes(5);

  /** A table with one entry per column, or one more, is about to grow at these. */
  private static final int[] WIDTHS = {11, 23, 24, 47, 48};

  private static final int WIDTH = 12;
  private static final int SHORT = 720;
  private static final int USUAL = 1200;
  private static final int LONG = 3000;

  private final Path traces;
  private final ContractJvm first;
  private final ContractJvm fresh;

  LearnerChecks(Path folder) throws IOException {
    this.traces = Files.createDirectories(folder.resolve("traces"));
    this.first = new ContractJvm(Files.createDirectories(folder.resolve("first")));
    this.fresh = new ContractJvm(Files.createDirectories(folder.resolve("fresh")));
  }

  static String optionString(String name) {
    return OPTIONS.containsKey(name) ? name + " " + OPTIONS.get(name) : name;
  }

  /** What every build can afford. */
  LearnerVerdict quick(String name) {
    Task task = LearnerTasks.of(name);
    if (task == Task.OTHER) {
      return new LearnerVerdict(name, task, false, LearnerTasks.whyNot(name));
    }
    try {
      return new LearnerVerdict(name, task, true, check(name, WIDTH, USUAL, Action.GO_ON, LIMIT));
    } catch (BrokenContractException e) {
      return new LearnerVerdict(name, task, false, e.getMessage());
    }
  }

  /** More instances, each image for itself, wider streams. */
  LearnerVerdict full(String name) {
    LearnerVerdict quick = quick(name);
    if (!quick.supported()) {
      return quick;
    }
    String where = " over " + LONG + " instances";
    try {
      check(name, WIDTH, LONG, Action.GO_ON_FROM_EACH_IMAGE, LONG_LIMIT);
      for (int width : WIDTHS) {
        where = " with " + width + " columns";
        check(name, width, SHORT, Action.GO_ON, LONG_LIMIT);
      }
      return quick;
    } catch (BrokenContractException e) {
      return new LearnerVerdict(name, quick.task(), false, e.getMessage() + where);
    }
  }

  /** Figures of a learner that was just found to be supported. */
  LearnerFigures measure(String name) {
    check(name, WIDTH, SHORT, Action.GO_ON, LIMIT);
    return LearnerFigures.parse(
        fresh.ask(question(Action.MEASURE, name, WIDTH, SHORT), LONG_LIMIT));
  }

  /**
   * What any option string needs, checked as {@link #quick} checks.
   *
   * @throws BrokenContractException with the reason
   */
  String needs(String optionString, Task task, int instances) {
    String restrictions =
        first.ask(question(Action.LEARN, optionString, task, WIDTH, instances), LONG_LIMIT);
    fresh.ask(question(Action.GO_ON, optionString, task, WIDTH, instances), LONG_LIMIT);
    return restrictions;
  }

  private String check(String name, int columns, int instances, Action goOn, Duration limit) {
    String restrictions = first.ask(question(Action.LEARN, name, columns, instances), limit);
    fresh.ask(question(goOn, name, columns, instances), limit);
    return restrictions;
  }

  private ContractQuestion question(Action action, String name, int columns, int instances) {
    return question(action, optionString(name), LearnerTasks.of(name), columns, instances);
  }

  private ContractQuestion question(
      Action action, String optionString, Task task, int columns, int instances) {
    String file = optionString.replaceAll("[^\\w.]+", "_");
    return new ContractQuestion(
        action, optionString, task, columns, instances, traces.resolve(file).toString());
  }

  @Override
  public void close() {
    first.close();
    fresh.close();
  }
}

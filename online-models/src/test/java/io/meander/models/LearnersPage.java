/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Renders {@code docs/learners.md}. */
final class LearnersPage {

  static final String COMMAND =
      """
      mvn -pl online-models -am verify -Dtest=LearnerContractTest \\
        -Dsurefire.failIfNoSpecifiedTests=false -Dmeander.regenerate=true""";

  private static final String INTRODUCTION =
      """
      # Learners

      A slot holds any learner of MOA %s that keeps this contract. Others are refused when the spec
      is read, also inside of an ensemble's options. Why so strict: Meander stores a model as an
      image and, after it, the instances learned since; image and replay must be the same model, bit
      for bit.

      Every learner among MOA's classifiers is checked, on a stream of numeric and nominal
      columns (5, 12, 24 and 48 values) with missing values and with a concept that changes:

      - it votes before it has learned anything, learns the stream without throwing, and gives finite
        votes to the end;
      - equal seeds give equal votes, in the same JVM and in another one;
      - votes on other instances in between, or no votes at all, change neither later votes nor what
        is stored;
      - written, and read in a fresh JVM through the list of classes that may be read, it goes on bit
        for bit, whether it is read back once or again and again, at small and at large sizes and
        with 11 to 48 columns; the canonical bytes at the end are equal;
      - it writes no files.

      Whatever fails first is the reason in the tables. "Numeric columns only", "no missing values"
      and "two classes only" are what a learner needs so as not to throw or to vote NaN: a spec whose
      label has more classes is refused, `validate` warns of missing values, numeric columns are yours
      to see to. One that "prints to standard output" does so, on a cluster in the task manager's `.out` file; the
      AMRules would at each anomaly and are kept quiet, unless `-v` asks for more than their default.
      "Checked as" says which options were given where the default is slow or
      large; other options run the same code. Regressors are for pipelines of
      `task: regression`, `functions.SGD -o SQUAREDLOSS` is one too; detectors of anomalies are for `task: anomaly`.

      Bytes are of one model on this stream (12 columns, 3 classes): *stored* is the serialised model
      after compression, without what all keys share; *live* is its size on the heap. µs is one vote
      and one training, a single rough run on a slow machine. A dash: not reached within a minute.

      This page and the list that `meander validate` goes by are made by the contract test (some
      minutes); every build checks the verdicts again on a shorter run:

      ```
      %s
      ```
      """;

  private static final String OUTLIERS =
      """

      MOA's `clusterers.outliers` (`SimpleCOD`, `MCOD`, `AbstractC`, `Angiulli`, `AnyOut`) cannot be
      slots: they are clusterers without an answer for an instance (`getVotesForInstance` gives null),
      tell which objects of a window are outliers and no score, so that there is nothing to set a
      threshold on or to rank by, and hold nodes and listeners that Java cannot serialise, so that
      there is nothing to store.
      """;

  private LearnersPage() {}

  static String render(List<LearnerVerdict> verdicts, Map<String, LearnerFigures> figures) {
    StringBuilder page =
        new StringBuilder(INTRODUCTION.formatted(Envelope.MOA_VERSION, COMMAND.strip()));
    for (Task task : List.of(Task.CLASSIFICATION, Task.REGRESSION, Task.ANOMALY)) {
      page.append("\n## ").append(title(task)).append("\n\n");
      page.append("| learner | stored at 1k | at 10k | live at 1k | at 10k | µs | notes |\n");
      page.append("|---|--:|--:|--:|--:|--:|---|\n");
      for (LearnerVerdict verdict : verdicts) {
        if (verdict.supported() && verdict.task() == task) {
          page.append(row(verdict, figures.get(verdict.name())));
        }
      }
    }
    page.append(OUTLIERS);
    page.append("\n## Refused\n\n| learner | task | reason |\n|---|---|---|\n");
    for (LearnerVerdict verdict : verdicts) {
      if (!verdict.supported()) {
        page.append(
            "| `%s` | %s | %s |\n"
                .formatted(
                    verdict.name(),
                    verdict.task().name().toLowerCase(Locale.ROOT),
                    verdict.reason()));
      }
    }
    return page.toString();
  }

  private static String row(LearnerVerdict verdict, LearnerFigures figures) {
    String options = LearnerChecks.optionString(verdict.name());
    String checkedAs = options.equals(verdict.name()) ? "" : "checked as `" + options + "`";
    String between = checkedAs.isEmpty() || verdict.reason().isEmpty() ? "" : "; ";
    return "| `%s` | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            verdict.name(),
            bytes(figures.stored()[0]),
            bytes(figures.stored()[1]),
            bytes(figures.live()[0]),
            bytes(figures.live()[1]),
            figures.nanos() < 10_000
                ? String.format(Locale.ROOT, "%.1f", figures.nanos() / 1e3)
                : String.format(Locale.ROOT, "%,d", figures.nanos() / 1000),
            verdict.reason() + between + checkedAs);
  }

  private static String bytes(long bytes) {
    if (bytes < 0) {
      return "–";
    }
    if (bytes < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f KB", bytes / 1e3);
    }
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private static String title(Task task) {
    return switch (task) {
      case CLASSIFICATION -> "Classification";
      case REGRESSION -> "Regression";
      case ANOMALY -> "Anomalies";
      case OTHER -> throw new IllegalArgumentException("has no table");
    };
  }
}

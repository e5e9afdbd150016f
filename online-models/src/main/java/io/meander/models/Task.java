/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;
import java.util.Locale;

/** What a learner answers, and by what figures it is measured. */
public enum Task {
  /** One weight per class. */
  CLASSIFICATION("classification"),
  /** A number. */
  REGRESSION("regression"),
  /** How unusual an instance is. */
  ANOMALY("finding anomalies"),
  /** What a slot has no place for: several labels at once, intervals. */
  OTHER("another task");

  private static final int MEASURED = 3;

  private final String noun;

  Task(String noun) {
    this.noun = noun;
  }

  String noun() {
    return noun;
  }

  /** As it stands in a spec and in files. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its figures, in the order in which results list them. */
  public List<Figure> figures() {
    return switch (this) {
      case CLASSIFICATION ->
          List.of(
              Figure.ACCURACY,
              Figure.KAPPA,
              Figure.KAPPA_TEMPORAL,
              Figure.KAPPA_M,
              Figure.LOG_LOSS,
              Figure.AUC);
      case REGRESSION -> List.of(Figure.MAE, Figure.RMSE, Figure.R2);
      case ANOMALY -> List.of(Figure.AUC, Figure.F1, Figure.PRECISION, Figure.RECALL);
      case OTHER -> List.of();
    };
  }

  /** Those with a column of their own in files. */
  public List<Figure> columns() {
    return without(Figure.KAPPA_M);
  }

  /** Those that are sums alone: they fade. */
  public List<Figure> summed() {
    return without(Figure.KAPPA_M, Figure.AUC);
  }

  /** Those that are told by day and of frozen models of an age. */
  public List<Figure> aged() {
    return figures().stream()
        .filter(figure -> summed().contains(figure) || compared().contains(figure))
        .toList();
  }

  /** Those of {@link #compared} that fade. */
  public List<Figure> faded() {
    return compared().stream().filter(summed()::contains).toList();
  }

  /** Those by which learners are ranked. */
  public List<Figure> ranked() {
    return this == ANOMALY ? figures() : without(Figure.KAPPA_M, Figure.AUC, Figure.KAPPA_TEMPORAL);
  }

  private List<Figure> without(Figure... others) {
    return figures().stream().filter(figure -> !List.of(others).contains(figure)).toList();
  }

  /** Those that a running job shows as gauges. */
  public List<Figure> measured() {
    return figures().subList(0, Math.min(MEASURED, figures().size()));
  }

  /** The figures by which predictors are compared on the same events. */
  public List<Figure> compared() {
    return figures().subList(0, Math.min(2, figures().size()));
  }

  /** The figure to look at first. */
  public Figure lead() {
    return switch (this) {
      case CLASSIFICATION, OTHER -> Figure.KAPPA;
      case REGRESSION -> Figure.MAE;
      case ANOMALY -> Figure.AUC;
    };
  }

  /** Id, in results, of the baseline that guesses without features. */
  public String typical() {
    return this == REGRESSION ? "mean" : "majority";
  }
}

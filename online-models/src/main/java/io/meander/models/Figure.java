/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Locale;

/** What a predictor is measured by. Each {@link Task} has its own: see {@link Task#figures}. */
public enum Figure {
  /** Percent, 0 to 100. */
  ACCURACY("accuracy", 2, true),
  /** Cohen's kappa in percent. */
  KAPPA("kappa", 2, true),
  /** In percent, against no-change from the last label known at the prediction. */
  KAPPA_TEMPORAL("kappa-temporal", 2, true),
  /** In percent, against the majority class, the scored label included. */
  KAPPA_M("kappa-M", 2, true),
  /** Natural logarithm, mean over instances. */
  LOG_LOSS("log loss", 4, false),
  /** Area under the receiver operating characteristic, 0 to 1. */
  AUC("AUC", 4, true),
  /** Of the second of two classes, in percent: how many of those that were called it are it. */
  PRECISION("precision", 2, true),
  /** Of the second of two classes, in percent: how many of those that are it were called it. */
  RECALL("recall", 2, true),
  /** Of the second of two classes, in percent: harmonic mean of precision and recall. */
  F1("F1", 2, true),
  /** Mean absolute error, in the label's units. */
  MAE("MAE", 4, false),
  /** Root of the mean squared error, in the label's units. */
  RMSE("RMSE", 4, false),
  /**
   * Coefficient of determination, at most 1: 1 less the squared errors over those of the mean of
   * the labels known before each.
   */
  R2("R2", 4, true);

  private final String title;
  private final int decimals;
  private final boolean higherIsBetter;

  Figure(String title, int decimals, boolean higherIsBetter) {
    this.title = title;
    this.decimals = decimals;
    this.higherIsBetter = higherIsBetter;
  }

  /** As it stands in text and tables. */
  public String title() {
    return title;
  }

  /** As it stands in files. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Digits after the point in tables. */
  public int decimals() {
    return decimals;
  }

  public boolean higherIsBetter() {
    return higherIsBetter;
  }
}

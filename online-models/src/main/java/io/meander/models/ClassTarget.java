/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One of several classes. */
public final class ClassTarget extends Target {

  private static final long serialVersionUID = 1L;

  /** An error is taken for at least this, so that no weight is infinite. */
  static final double LEAST_ERROR = 0.001;

  /** Votes are clipped at this before the logarithm, so that the signal fills 0 to 1. */
  private static final double CLIP = 0.001;

  private final List<String> classes;

  /**
   * @param classes in order, at least two
   */
  public ClassTarget(List<String> classes) {
    if (classes.size() < 2) {
      throw new IllegalArgumentException("a classification has at least 2 classes: " + classes);
    }
    this.classes = List.copyOf(classes);
  }

  @Override
  public Task task() {
    return Task.CLASSIFICATION;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  Target ofFirst(int count) {
    return count >= 2 && count < classes.size()
        ? new ClassTarget(classes.subList(0, count))
        : super.ofFirst(count);
  }

  @Override
  public String text(double value) {
    return Double.isNaN(value) ? null : classes.get((int) value);
  }

  @Override
  public Score newScore() {
    return new ClassScore(classes.size());
  }

  @Override
  public FadedScore newFadedScore(double factor) {
    return new FadedClassScore(classes.size(), factor);
  }

  @Override
  public double labelProbability(double[] votes, double label) {
    return votes[(int) label];
  }

  @Override
  Attribute attribute() {
    return new Attribute(ATTRIBUTE, new ArrayList<>(classes));
  }

  @Override
  KnownLabels newKnownLabels() {
    return new KnownClasses(classes.size());
  }

  @Override
  double[] votes(double[] raw, double typical) {
    return Votes.normalised(raw, classes.size());
  }

  @Override
  double predicted(double[] raw, double[] votes) {
    return Votes.predicted(raw);
  }

  @Override
  double any(Random random) {
    return random.nextInt(classes.size());
  }

  /** 1 for a miss, 0 for a hit. */
  @Override
  double error(double label, double predicted, double labelProbability) {
    return label == predicted ? 0 : 1;
  }

  @Override
  boolean watchesBothWays() {
    return false;
  }

  @Override
  double signal(DriftSpec.Signal signal, double error, double labelProbability, KnownLabels known) {
    return switch (signal) {
      case ERROR -> error;
      case LOG_LOSS -> StrictMath.log(Math.max(CLIP, labelProbability)) / StrictMath.log(CLIP);
      case ABSOLUTE_ERROR -> 1 - labelProbability;
      case SCORE -> throw new IllegalArgumentException("classes have no anomaly score");
    };
  }

  @Override
  boolean isBetter(double error, double champions, double margin) {
    return error < champions - margin;
  }

  /**
   * {@code max(0, ln((1 - e') / e') + ln(K - 1))}, with {@code K} classes and {@code e' =
   * min(max(e, 0.001), 0.999)}: 0 for one that is no better than guessing among the classes, as in
   * SAMME (J. Zhu, H. Zou, S. Rosset, T. Hastie, "Multi-class AdaBoost", Statistics and Its
   * Interface 2, 2009).
   */
  @Override
  double[] weights(double[] errors) {
    double chance = StrictMath.log(classes.size() - 1.0);
    double[] weights = new double[errors.length];
    for (int i = 0; i < weights.length; i++) {
      if (!Double.isNaN(errors[i])) {
        double e = Math.min(Math.max(errors[i], LEAST_ERROR), 1 - LEAST_ERROR);
        weights[i] = Math.max(0, StrictMath.log((1 - e) / e) + chance);
      }
    }
    return weights;
  }

  /** The normalised votes times the weights, added up in the order of the slots. */
  @Override
  double[] combined(double[] weights, double[][] votes) {
    return Votes.weighted(weights, votes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClassTarget target && target.classes.equals(classes);
  }

  @Override
  public int hashCode() {
    return classes.hashCode();
  }

  @Override
  public String toString() {
    return "one of " + classes;
  }
}

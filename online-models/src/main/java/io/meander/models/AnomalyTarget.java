/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How unusual an instance is. The votes are the score, 0 to 1 and the higher the more unusual, and
 * after it, where there is one, the threshold above which it is called an anomaly. Of MOA's two
 * votes the score is the second one, for the outlier. Values are the classes normal, 0, and
 * anomaly, 1; labels score the answers and at most say what is learned: to its learner every
 * instance is of the first class, when it votes and when it learns, since some look at the class.
 */
public final class AnomalyTarget extends Target {

  private static final long serialVersionUID = 1L;

  /** The classes where there is no label to name them. */
  public static final List<String> CLASSES = List.of("normal", "anomaly");

  public static final double NORMAL = 0;
  public static final double ANOMALY = 1;

  private static final String SCORE = "score";
  private static final String THRESHOLD = "threshold";

  private static final int OUTLIER = 1;

  private final List<String> classes;
  private final Learns learns;

  /** What is learned. */
  public enum Learns {
    /** Every event, once it was answered. */
    ALL,
    /** The events whose label says that they are normal, once it is known. */
    NORMAL
  }

  /**
   * @param classes normal, anomaly
   */
  public AnomalyTarget(List<String> classes, Learns learns) {
    if (classes.size() != CLASSES.size()) {
      throw new IllegalArgumentException("normal or an anomaly are 2 classes, not " + classes);
    }
    this.classes = List.copyOf(classes);
    this.learns = learns;
  }

  public Learns learns() {
    return learns;
  }

  /** The score that the votes hold. */
  public static double score(double[] votes) {
    return votes[0];
  }

  /** The threshold that the votes hold; NaN if there was none yet. */
  public static double threshold(double[] votes) {
    return votes.length > 1 ? votes[1] : Double.NaN;
  }

  @Override
  public Task task() {
    return Task.ANOMALY;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public String text(double value) {
    return Double.isNaN(value) ? null : classes.get((int) value);
  }

  @Override
  public Map<String, Double> named(double[] votes) {
    Map<String, Double> named = new LinkedHashMap<>();
    named.put(SCORE, score(votes));
    if (votes.length > 1) {
      named.put(THRESHOLD, threshold(votes));
    }
    return named;
  }

  @Override
  public boolean learnsUnlabelled() {
    return learns == Learns.ALL;
  }

  @Override
  boolean learns(double label) {
    return learns == Learns.ALL || label == NORMAL;
  }

  @Override
  double taught(double label) {
    return NORMAL;
  }

  @Override
  public Score newScore() {
    return new AnomalyScore();
  }

  @Override
  public FadedScore newFadedScore(double factor) {
    return new FadedClassScore(classes.size(), factor);
  }

  /** The score, whatever the label. */
  @Override
  public double labelProbability(double[] votes, double label) {
    return score(votes);
  }

  @Override
  public double rankedBy(double[] votes) {
    return score(votes);
  }

  @Override
  Attribute attribute() {
    return new Attribute(ATTRIBUTE, new ArrayList<>(classes));
  }

  @Override
  KnownLabels newKnownLabels() {
    return new KnownClasses(classes.size());
  }

  /**
   * @param threshold NaN for none
   */
  @Override
  double[] votes(double[] raw, double threshold) {
    double score = raw.length > OUTLIER && raw[OUTLIER] > 0 ? Math.min(1, raw[OUTLIER]) : 0;
    return Double.isNaN(threshold) ? new double[] {score} : new double[] {score, threshold};
  }

  @Override
  double predicted(double[] raw, double[] votes) {
    return score(votes) > threshold(votes) ? ANOMALY : NORMAL;
  }

  @Override
  double any(Random random) {
    return NORMAL;
  }

  /** There is no error without labels: what is watched is the score. */
  @Override
  double error(double label, double predicted, double score) {
    return score;
  }

  @Override
  boolean watchesBothWays() {
    return true;
  }

  @Override
  double signal(DriftSpec.Signal signal, double error, double score, KnownLabels known) {
    return score;
  }

  /** No slot is: scores of different learners cannot be compared. */
  @Override
  boolean isBetter(double error, double champions, double margin) {
    return false;
  }

  @Override
  double[] weights(double[] errors) {
    return new double[errors.length];
  }

  /** The weighted mean of the scores; there is no threshold of it. */
  @Override
  double[] combined(double[] weights, double[][] votes) {
    double sum = 0;
    double all = 0;
    for (int i = 0; i < votes.length; i++) {
      sum += weights[i] * score(votes[i]);
      all += weights[i];
    }
    return new double[] {1 - sum / all, sum / all};
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AnomalyTarget target
        && target.classes.equals(classes)
        && target.learns == learns;
  }

  @Override
  public int hashCode() {
    return classes.hashCode() + learns.hashCode();
  }

  @Override
  public String toString() {
    return "an anomaly score";
  }
}

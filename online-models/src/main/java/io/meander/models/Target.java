/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a pipeline predicts, and all in which tasks differ: MOA's class attribute, what is made of a
 * learner's raw votes, what an error is, how answers are combined, how they are scored. A value of
 * the target, a label or a prediction, is a double: the index of a class, or the number itself; NaN
 * is none. Immutable.
 */
public abstract sealed class Target implements Serializable
    permits ClassTarget, NumberTarget, AnomalyTarget {

  private static final long serialVersionUID = 1L;

  /** No value: a label that is not known. */
  public static final double NONE = Double.NaN;

  /** Name of the only vote where there are no classes. */
  public static final String VALUE = "value";

  static final String ATTRIBUTE = "class";

  /**
   * The target of a task.
   *
   * @param task as {@link Task#text} has it
   * @param classes none of a regression; of anomalies normal and anomaly
   * @throws IllegalArgumentException if there is no such target
   */
  public static Target of(String task, List<String> classes) {
    if (task.equals(Task.CLASSIFICATION.text())) {
      return new ClassTarget(classes);
    }
    if (task.equals(Task.ANOMALY.text())) {
      return new AnomalyTarget(classes, AnomalyTarget.Learns.ALL);
    }
    if (task.equals(Task.REGRESSION.text()) && classes.isEmpty()) {
      return new NumberTarget();
    }
    throw new IllegalArgumentException("there is no " + task + " of classes " + classes);
  }

  public abstract Task task();

  /** The class list in order; empty where the target is a number. */
  public abstract List<String> classes();

  /**
   * As it was when there were its first classes only; itself if these are all.
   *
   * @throws IllegalArgumentException if it never had so many
   */
  Target ofFirst(int count) {
    if (count != classes().size()) {
      throw new IllegalArgumentException("there were " + count + " classes");
    }
    return this;
  }

  /** A value as results show it; null of {@link #NONE}. */
  public abstract String text(double value);

  /** Votes by the name of what each is for. */
  public Map<String, Double> named(double[] votes) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < votes.length; i++) {
      named.put(classes().isEmpty() ? VALUE : classes().get(i), votes[i]);
    }
    return named;
  }

  /** Whether an event is learned as soon as it was answered, and its label only scores. */
  public boolean learnsUnlabelled() {
    return false;
  }

  /** Whether an instance of this label is learned. */
  boolean learns(double label) {
    return true;
  }

  /** What an instance's class is to a learner: when it learns and, but for NaN, when it votes. */
  double taught(double label) {
    return label;
  }

  /** An empty score. */
  public abstract Score newScore();

  /**
   * An empty score that fades.
   *
   * @param factor by which a label counts less with each one after it, above 0 to 1
   */
  public abstract FadedScore newFadedScore(double factor);

  /** The vote for the true class, of an anomaly the score; NaN where votes are no probabilities. */
  public abstract double labelProbability(double[] votes, double label);

  /** Of two classes, what instances are ranked by for the area under the ROC curve. */
  public double rankedBy(double[] votes) {
    return votes[1];
  }

  abstract Attribute attribute();

  abstract KnownLabels newKnownLabels();

  /**
   * What is served of a learner's raw votes.
   *
   * @param typical of the key, for a learner that gives nothing usable; of anomalies the threshold
   */
  abstract double[] votes(double[] raw, double typical);

  /** The value that the votes stand for. */
  abstract double predicted(double[] raw, double[] votes);

  /** A value for trials. */
  abstract double any(Random random);

  /**
   * 0 at best.
   *
   * @param labelProbability see {@link #labelProbability}
   */
  abstract double error(double label, double predicted, double labelProbability);

  /** Whether detectors watch errors for falling too. */
  abstract boolean watchesBothWays();

  /** What detectors are fed, 0 at best and 1 at worst. */
  abstract double signal(
      DriftSpec.Signal signal, double error, double labelProbability, KnownLabels known);

  /**
   * Whether a slot is better than the champion by more than a margin.
   *
   * @param error mean of its recent errors
   */
  abstract boolean isBetter(double error, double champions, double margin);

  /**
   * What slots count in a vote, none below 0; all 0 if the errors do not tell.
   *
   * @param errors mean of each slot's recent errors; NaN for those that are not to count
   */
  abstract double[] weights(double[] errors);

  /**
   * What votes of several learners, each times its weight, are together: raw votes.
   *
   * @param weights one for each, not all 0
   */
  abstract double[] combined(double[] weights, double[][] votes);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;

/** A model that only answers. Not thread-safe: some of MOA's classifiers keep scratch space. */
public final class Predictor {

  private final ModelContext context;
  private final Learner learner;
  private final long liveBytes;
  private final double threshold;

  Predictor(ModelContext context, Learner learner, long liveBytes) {
    this(context, learner, liveBytes, Double.NaN);
  }

  private Predictor(ModelContext context, Learner learner, long liveBytes, double threshold) {
    this.context = context;
    this.learner = learner;
    this.liveBytes = liveBytes;
    this.threshold = threshold;
  }

  /**
   * The same model with a threshold above which a score is an anomaly's.
   *
   * @param score NaN for none, as of all other tasks
   */
  public Predictor callingAbove(double score) {
    return new Predictor(context, learner, liveBytes, score);
  }

  /** Estimate of what it takes on the heap. */
  public long liveBytes() {
    return liveBytes;
  }

  /**
   * @param predicted index of the first maximum of the raw votes; of a regression the number, NaN
   *     if the learner gives none; 1 of an anomaly
   * @param votes one weight per class, normalised; of a regression the number alone; of anomalies
   *     the score and, if there is one, the threshold
   */
  public record Vote(double predicted, double[] votes) {}

  /**
   * What a vote of several models serves: their normalised votes times their weights, added up in
   * the order given and normalised.
   *
   * @param weights one per vote, at least 0
   */
  public static Vote combined(Target target, double[] weights, List<Vote> votes) {
    double[][] normalised = votes.stream().map(Vote::votes).toArray(double[][]::new);
    double[] raw = target.combined(weights, normalised);
    double[] together = target.votes(raw, Double.NaN);
    return new Vote(target.predicted(raw, together), together);
  }

  /**
   * @param features one value per column of the feature schema, NaN for missing
   */
  public Vote vote(double[] features) {
    double[] raw = learner.votes(learner.header().instance(features));
    Target target = context.target();
    double[] votes = target.votes(raw, threshold);
    return new Vote(target.predicted(raw, votes), votes);
  }
}

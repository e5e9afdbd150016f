/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;

/** A model that only answers. Not thread-safe: some of MOA's classifiers keep scratch space. */
public final class Predictor {

  private final ModelContext context;
  private final Learner learner;

  private final long liveBytes;

  Predictor(ModelContext context, Learner learner, long liveBytes) {
    this.context = context;
    this.learner = learner;
    this.liveBytes = liveBytes;
  }

  /** Estimate of what it takes on the heap. */
  public long liveBytes() {
    return liveBytes;
  }

  /**
   * @param predicted index of the first maximum of the raw votes; of a regression the number, NaN
   *     if the learner gives none
   * @param votes one weight per class, normalised; of a regression the number alone
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
    double[] votes = target.votes(raw, Double.NaN);
    return new Vote(target.predicted(raw, votes), votes);
  }
}

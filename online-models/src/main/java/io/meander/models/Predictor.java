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
   * @param classIndex first maximum of the raw votes
   * @param votes one weight per class, normalised
   */
  public record Vote(int classIndex, double[] votes) {}

  /**
   * What a vote of several models serves: their normalised votes times their weights, added up in
   * the order given and normalised.
   *
   * @param weights one per vote, at least 0
   */
  public static Vote combined(double[] weights, List<Vote> votes) {
    double[][] normalised = votes.stream().map(Vote::votes).toArray(double[][]::new);
    double[] sums = Votes.weighted(weights, normalised);
    return new Vote(Votes.predicted(sums), Votes.normalised(sums, sums.length));
  }

  /**
   * @param features one value per column of the feature schema, NaN for missing
   */
  public Vote vote(double[] features) {
    double[] raw = learner.votes(context.instance(features));
    return new Vote(Votes.predicted(raw), Votes.normalised(raw, context.classes().size()));
  }
}

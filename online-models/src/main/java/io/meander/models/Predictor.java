/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** A model that only answers. Not thread-safe: some of MOA's classifiers keep scratch space. */
public final class Predictor {

  private final ModelContext context;
  private final Learner learner;

  Predictor(ModelContext context, Learner learner) {
    this.context = context;
    this.learner = learner;
  }

  /**
   * @param classIndex first maximum of the raw votes
   * @param votes one weight per class, normalised
   */
  public record Vote(int classIndex, double[] votes) {}

  /**
   * @param features one value per column of the feature schema, NaN for missing
   */
  public Vote vote(double[] features) {
    double[] raw = learner.votes(context.instance(features));
    return new Vote(Votes.predicted(raw), Votes.normalised(raw, context.classes().size()));
  }
}

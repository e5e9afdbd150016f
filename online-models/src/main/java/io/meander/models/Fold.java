/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** What making model sets of updates takes, for the sets of one thread. */
public final class Fold {

  private final ModelContext context;
  private final ModelSetCodec codec;
  private final Reducer reducer;
  private final Replay replay;

  public Fold(ModelContext context) {
    this.context = context;
    this.codec = new ModelSetCodec(context);
    this.reducer = new Reducer(context);
    this.replay = new Replay(context, reducer);
  }

  ModelSet empty(String key) {
    return new ModelSet(key, context.target());
  }

  ModelSetCodec codec() {
    return codec;
  }

  Replay replay() {
    return replay;
  }

  /**
   * What one slot alone answers, as the job's does at the same position.
   *
   * @param features one value per column of the feature schema, NaN for missing
   * @return null if there is no such slot
   */
  public Predictor.Vote vote(ModelSet set, String slot, double[] features) {
    return reducer.vote(set, slot, features);
  }

  /** The set's bytes, which are equal of equal sets. */
  public byte[] canonical(ModelSet set) {
    return codec.canonical(set);
  }
}

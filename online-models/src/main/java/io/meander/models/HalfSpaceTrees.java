/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.OptionalLong;
import moa.classifiers.Classifier;
import moa.classifiers.oneclass.HSTrees;

/** What is known of MOA's {@code oneclass.HSTrees} beforehand: all its nodes are made at once. */
public final class HalfSpaceTrees {

  /** Of a node on the heap, which the learners' contract measured. */
  private static final long NODE_BYTES = 56;

  private HalfSpaceTrees() {}

  /** What a model takes on the heap from its first instance on; empty of other learners. */
  public static OptionalLong liveBytes(String learner) {
    Classifier made = MoaOptions.create(learner, Classifier.class, "classifier");
    if (!(made instanceof HSTrees trees)) {
      return OptionalLong.empty();
    }
    long nodes = (1L << Math.min(40, trees.maxDepthOption.getValue())) - 1;
    return OptionalLong.of(trees.numTreesOption.getValue() * nodes * NODE_BYTES);
  }
}

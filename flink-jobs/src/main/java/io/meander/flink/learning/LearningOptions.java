/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import java.io.Serializable;

/**
 * How a learning operator runs, apart from what the pipeline spec says.
 *
 * @param publish which snapshots leave the operator
 * @param cacheBytes live models a task may hold, in estimated bytes; 0 for {@link
 *     #DEFAULT_HEAP_SHARE} of the heap shared among its slots
 */
public record LearningOptions(Publish publish, long cacheBytes) implements Serializable {

  /** Part of the heap that the live models of all of a process's tasks take by default. */
  public static final double DEFAULT_HEAP_SHARE = 0.4;

  /** Part of the heap that parents' live models take of that, where a pipeline has parents. */
  public static final double PARENTS_HEAP_SHARE = 0.1;

  /** Which snapshots leave the operator. */
  public enum Publish {
    /** All that are due, by instances, time and drift. */
    WHEN_DUE,
    /** Only the last of each slot, at the end of input; time plays no part, so runs repeat. */
    AT_END
  }

  public static final LearningOptions LIVE = new LearningOptions(Publish.WHEN_DUE, 0);
  public static final LearningOptions BOUNDED = new LearningOptions(Publish.AT_END, 0);
}

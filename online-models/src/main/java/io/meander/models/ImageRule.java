/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import java.time.Duration;

/**
 * When a key's image is written anew, so that its update log stays short enough. Bringing a key
 * back takes the time to read its image and to replay its log; writing an image costs time now and
 * bytes in the next checkpoint. An image is due when one of these holds:
 *
 * <ol>
 *   <li>replay ≥ k × write: images then cost at most 1/k of the time spent learning (5% at k = 20);
 *   <li>read + replay ≥ {@code maxLoad}, but never before replay ≥ write: where the bound and k
 *       conflict the bound wins, and images cost up to as much time as learning. A model whose
 *       image alone takes {@code maxLoad} to read cannot keep the bound at any cadence;
 *   <li>replay ≥ 2 × write / (loads − 1), for a key that leaves the heap and comes back often. A
 *       log that grew evenly from nothing to a replay time of R over m loads has cost about m × R/2
 *       to replay; an image that costs no more than that was worth it, which is the cadence with
 *       the least sum of both. The first load since an image does not count: after a restore every
 *       key has one;
 *   <li>the log's bytes reach {@code maxLogBytes}.
 * </ol>
 *
 * With learning at l, writing at w and reading at r seconds, an image of a key that stays on the
 * heap therefore holds for n = max(w, min(k·w, maxLoad − r)) / l instances, and costs w / (n·l) of
 * the learning time.
 *
 * @param maxLoadNanos the time that bringing one key back may take
 * @param k how many times the writing time the replay may take
 * @param maxLogBytes the log's limit, in stored bytes
 */
public record ImageRule(long maxLoadNanos, int k, long maxLogBytes) implements Serializable {

  public static final int DEFAULT_K = 20;
  public static final long DEFAULT_MAX_LOG_BYTES = 4L << 20;

  /** Which part of the rule asks for an image. */
  public enum Reason {
    REPLAY,
    LOAD_BOUND,
    LOADS,
    LOG_BYTES,
    /** Not by the rule: the key begins with a copy that no log holds. */
    COPY,
    /** Not by the rule: followers of the update log are due one, which is then stored too. */
    FOLLOWERS,
    /** A control command asked for it: the models went back, or the key was sealed. */
    COMMAND
  }

  public ImageRule {
    if (maxLoadNanos < 1 || k < 1 || maxLogBytes < 1) {
      throw new IllegalArgumentException(maxLoadNanos + ", " + k + ", " + maxLogBytes);
    }
  }

  public static ImageRule of(Duration maxLoad) {
    return new ImageRule(maxLoad.toNanos(), DEFAULT_K, DEFAULT_MAX_LOG_BYTES);
  }

  /**
   * Why an image is due, or null if none is.
   *
   * @param replayNanos estimated time to replay the log
   * @param writeNanos time to write an image
   * @param readNanos time to read one
   * @param logBytes stored bytes of the log
   * @param loads times that the key was loaded since its image
   */
  public Reason dueOrNull(
      long replayNanos, long writeNanos, long readNanos, long logBytes, int loads) {
    if (logBytes >= maxLogBytes) {
      return Reason.LOG_BYTES;
    }
    if (replayNanos <= 0) {
      return null;
    }
    if (replayNanos >= k * writeNanos) {
      return Reason.REPLAY;
    }
    if (loads > 1 && replayNanos * (loads - 1) >= 2 * writeNanos) {
      return Reason.LOADS;
    }
    return replayNanos >= room(writeNanos, readNanos) ? Reason.LOAD_BOUND : null;
  }

  /**
   * What the rule makes of a learner's costs: the share of the learning time that goes into images,
   * 0 to 1.
   */
  public double cost(long learnNanos, long writeNanos, long readNanos) {
    return writeNanos / (instances(learnNanos, writeNanos, readNanos) * (double) learnNanos);
  }

  /** Instances learned from one image to the next, the log's byte limit aside. */
  public double instances(long learnNanos, long writeNanos, long readNanos) {
    return (double) room(writeNanos, readNanos) / learnNanos;
  }

  /** The time that replay may take. */
  private long room(long writeNanos, long readNanos) {
    return Math.max(writeNanos, Math.min(k * writeNanos, maxLoadNanos - readNanos));
  }
}

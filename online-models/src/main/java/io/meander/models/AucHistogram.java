/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * Area under the ROC curve of two classes from a histogram of scores that merges exactly. Bins are
 * finer towards 0 and 1, where learners put most of their scores: each octave of the distance to
 * the nearer end is cut into equal bins. Scores in one bin count as ties, so the area is off by at
 * most {@link #error()}, which is known from the counts. Mutable, owned by one thread.
 */
public final class AucHistogram {

  /** Distances to an end below 2^-40 share a bin. */
  private static final int OCTAVES = 40;

  private final int binsPerOctave;

  /** By octave, lower end first, made when it is first hit: counts of negatives, then positives. */
  private final long[][] octaves = new long[2 * OCTAVES][];

  /**
   * @param binsPerOctave a power of two; 128 for figures over all keys, 16 where memory counts
   */
  public AucHistogram(int binsPerOctave) {
    if (Integer.bitCount(binsPerOctave) != 1) {
      throw new IllegalArgumentException(binsPerOctave + " is not a power of two");
    }
    this.binsPerOctave = binsPerOctave;
  }

  /**
   * @param score the second class's vote, 0 to 1
   * @param positive whether the label is the second class
   */
  public void add(double score, boolean positive) {
    double clipped = Math.max(0, Math.min(1, score));
    boolean lower = clipped <= 0.5;
    double distance = Math.max(lower ? clipped : 1 - clipped, 0x1p-40);
    int exponent = Math.getExponent(distance);
    int octave = Math.min(-1 - exponent, OCTAVES - 1);
    int within = (int) ((distance / Math.scalb(1.0, exponent) - 1) * binsPerOctave);
    int index = lower ? OCTAVES - 1 - octave : OCTAVES + octave;
    int bin = lower ? within : binsPerOctave - 1 - within;
    if (octaves[index] == null) {
      octaves[index] = new long[2 * binsPerOctave];
    }
    octaves[index][2 * bin + (positive ? 1 : 0)]++;
  }

  public void merge(AucHistogram other) {
    if (other.binsPerOctave != binsPerOctave) {
      throw new IllegalArgumentException(binsPerOctave + " bins against " + other.binsPerOctave);
    }
    for (int i = 0; i < octaves.length; i++) {
      if (other.octaves[i] == null) {
        continue;
      }
      if (octaves[i] == null) {
        octaves[i] = new long[2 * binsPerOctave];
      }
      for (int j = 0; j < octaves[i].length; j++) {
        octaves[i][j] += other.octaves[i][j];
      }
    }
  }

  /** 0 to 1, ties counting half; NaN unless both classes were seen. */
  public double auc() {
    return sums().area;
  }

  /** The most by which {@link #auc()} may be off, because scores in one bin count as ties. */
  public double error() {
    return sums().error;
  }

  private record Sums(double area, double error) {}

  private Sums sums() {
    double negatives = 0;
    double positives = 0;
    double below = 0;
    double ties = 0;
    for (long[] octave : octaves) {
      for (int i = 0; octave != null && i < octave.length; i += 2) {
        below += octave[i + 1] * negatives;
        ties += (double) octave[i] * octave[i + 1];
        negatives += octave[i];
        positives += octave[i + 1];
      }
    }
    double pairs = negatives * positives;
    return pairs == 0
        ? new Sums(Double.NaN, Double.NaN)
        : new Sums((below + ties / 2) / pairs, ties / 2 / pairs);
  }
}

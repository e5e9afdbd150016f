/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/**
 * Area under the ROC curve of two classes. Exact while few scores came, since they are kept; after
 * that from a histogram whose bins are finer towards 0 and 1, where learners put most of their
 * scores: each octave of the distance to the nearer end is cut into equal bins. Scores in one bin
 * count as ties, so the area is off by at most {@link #error()}. What is kept depends on the scores
 * alone, not on their order, so that merging gives what adding all of them would have given.
 * Mutable, owned by one thread.
 */
public final class AucHistogram {

  /** Distances to an end below 2^-40 share a bin. */
  private static final int OCTAVES = 40;

  private final int exactUpTo;
  private final int binsPerOctave;

  /**
   * The scores' bits, which order as scores from 0 to 1 do, shifted left by one; the lowest bit is
   * set for positives. Null once there are bins.
   */
  private long[] scores = new long[0];

  private int count;

  /** So many of the scores, from the first, are in order. */
  private int sorted;

  /**
   * By octave, lower end first, made when it is first hit: counts of negatives, then positives.
   * Null while there are scores.
   */
  private long[][] octaves;

  /**
   * @param exactUpTo how many scores to keep, 8 bytes each, before they are counted in bins
   * @param binsPerOctave a power of two; 1024 for figures over all keys, fewer where memory counts
   */
  public AucHistogram(int exactUpTo, int binsPerOctave) {
    if (exactUpTo < 0) {
      throw new IllegalArgumentException("cannot keep " + exactUpTo + " scores");
    }
    if (Integer.bitCount(binsPerOctave) != 1) {
      throw new IllegalArgumentException(binsPerOctave + " is not a power of two");
    }
    this.exactUpTo = exactUpTo;
    this.binsPerOctave = binsPerOctave;
  }

  /**
   * @param score the second class's vote, 0 to 1; what is outside counts as the nearer end
   * @param positive whether the label is the second class
   */
  public void add(double score, boolean positive) {
    if (Double.isNaN(score)) {
      throw new IllegalArgumentException("a score is a number from 0 to 1, not NaN");
    }
    double clipped = Math.max(0.0, Math.min(1.0, score));
    add(Double.doubleToLongBits(clipped) << 1 | (positive ? 1 : 0));
  }

  /**
   * @throws IllegalArgumentException if the other was made with other parameters
   */
  public void merge(AucHistogram other) {
    if (other.binsPerOctave != binsPerOctave || other.exactUpTo != exactUpTo) {
      throw new IllegalArgumentException(
          "%d scores and %d bins against %d and %d"
              .formatted(exactUpTo, binsPerOctave, other.exactUpTo, other.binsPerOctave));
    }
    if (other.octaves == null) {
      for (int i = 0; i < other.count; i++) {
        add(other.scores[i]);
      }
      return;
    }
    fillBins();
    for (int i = 0; i < octaves.length; i++) {
      if (other.octaves[i] != null) {
        long[] counts = octave(i);
        for (int j = 0; j < counts.length; j++) {
          counts[j] += other.octaves[i][j];
        }
      }
    }
  }

  /**
   * Layout: 0 while there are scores, then their number (varint) and each (long); or else the
   * number of octaves that were hit, and of each its index and all its counts (varints).
   */
  void write(DataOutput out) throws IOException {
    if (octaves == null) {
      Varints.write(0, out);
      Varints.write(count, out);
      for (int i = 0; i < count; i++) {
        out.writeLong(scores[i]);
      }
      return;
    }
    Varints.write(Arrays.stream(octaves).filter(Objects::nonNull).count(), out);
    for (int i = 0; i < octaves.length; i++) {
      if (octaves[i] != null) {
        Varints.write(i, out);
        for (long counted : octaves[i]) {
          Varints.write(counted, out);
        }
      }
    }
  }

  /** Adds what {@link #write} wrote of one with the same parameters. */
  void read(DataInput in) throws IOException {
    int hit = Varints.read(in, 2 * OCTAVES);
    if (hit == 0) {
      int written = Varints.read(in, exactUpTo);
      for (int i = 0; i < written; i++) {
        add(in.readLong());
      }
      return;
    }
    fillBins();
    for (int i = 0; i < hit; i++) {
      long[] counts = octave(Varints.read(in, 2 * OCTAVES - 1));
      for (int j = 0; j < counts.length; j++) {
        counts[j] += Varints.read(in);
      }
    }
  }

  /** 0 to 1, ties counting half; NaN unless both classes were seen. */
  public double auc() {
    return pairs().area();
  }

  /**
   * The most by which {@link #auc()} may be off: 0 while the scores are kept, else half the share
   * of pairs that share a bin, of which some may be true ties. NaN where there is no area.
   */
  public double error() {
    Pairs pairs = pairs();
    return octaves == null ? 0 * pairs.area() : pairs.tied / 2 / pairs.all();
  }

  /** About what it takes on the heap. */
  public long bytes() {
    long bytes = 100 + (scores == null ? 0 : 8L * scores.length);
    for (int i = 0; octaves != null && i < octaves.length; i++) {
      bytes += 4 + (octaves[i] == null ? 0 : 16 + 16L * binsPerOctave);
    }
    return bytes;
  }

  private void add(long score) {
    if (octaves == null && count == exactUpTo) {
      fillBins();
    }
    if (octaves != null) {
      count(score);
      return;
    }
    if (count == scores.length) {
      int longer = (int) Math.max(16, Math.min(exactUpTo, 2L * count));
      scores = Arrays.copyOf(scores, longer);
    }
    scores[count++] = score;
  }

  private void fillBins() {
    if (octaves == null) {
      octaves = new long[2 * OCTAVES][];
      for (int i = 0; i < count; i++) {
        count(scores[i]);
      }
      scores = null;
    }
  }

  /** Counts a score in its bin. */
  private void count(long bits) {
    double score = Double.longBitsToDouble(bits >>> 1);
    boolean lower = score <= 0.5;
    double distance = Math.max(lower ? score : 1 - score, 0x1p-40);
    int exponent = Math.getExponent(distance);
    int octave = Math.min(-1 - exponent, OCTAVES - 1);
    int within = (int) ((distance / Math.scalb(1.0, exponent) - 1) * binsPerOctave);
    int bin = lower ? within : binsPerOctave - 1 - within;
    octave(lower ? OCTAVES - 1 - octave : OCTAVES + octave)[2 * bin + (int) (bits & 1)]++;
  }

  private long[] octave(int index) {
    if (octaves[index] == null) {
      octaves[index] = new long[2 * binsPerOctave];
    }
    return octaves[index];
  }

  private Pairs pairs() {
    Pairs pairs = new Pairs();
    if (octaves != null) {
      for (long[] octave : octaves) {
        for (int i = 0; octave != null && i < octave.length; i += 2) {
          pairs.add(octave[i], octave[i + 1]);
        }
      }
      return pairs;
    }
    sort();
    for (int i = 0, next; i < count; i = next) {
      long positives = 0;
      for (next = i; next < count && scores[next] >>> 1 == scores[i] >>> 1; next++) {
        positives += scores[next] & 1;
      }
      pairs.add(next - i - positives, positives);
    }
    return pairs;
  }

  /** Sorts what came since the last time and merges it in, as figures are asked for often. */
  private void sort() {
    if (sorted == count) {
      return;
    }
    long[] fresh = Arrays.copyOfRange(scores, sorted, count);
    Arrays.sort(fresh);
    int old = sorted - 1;
    for (int f = fresh.length - 1, to = count - 1; f >= 0; to--) {
      scores[to] = old >= 0 && scores[old] > fresh[f] ? scores[old--] : fresh[f--];
    }
    sorted = count;
  }

  /** Pairs of a negative and a positive, of scores that come in ascending order. */
  private static final class Pairs {
    private double negatives;
    private double positives;
    private double inOrder;
    private double tied;

    /** Scores that are taken for equal. */
    void add(long negatives, long positives) {
      inOrder += positives * this.negatives;
      tied += (double) negatives * positives;
      this.negatives += negatives;
      this.positives += positives;
    }

    double all() {
      return negatives * positives;
    }

    double area() {
      return all() == 0 ? Double.NaN : (inOrder + tied / 2) / all();
    }
  }
}

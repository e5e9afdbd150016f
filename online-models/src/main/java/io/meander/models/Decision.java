/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/**
 * Which class is predicted, given the votes that are served. Of what is served, and of the frozen
 * twins, which stand for it: each slot's own prediction stays the first maximum of its raw votes.
 */
public sealed interface Decision extends Serializable {

  /**
   * The class, by its index.
   *
   * @param votes normalised
   * @param firstMaximum of the raw votes; of a regression, which has no other decision, the number
   */
  double of(double[] votes, double firstMaximum);

  /** The first maximum of the raw votes. */
  record FirstMaximum() implements Decision {
    @Override
    public double of(double[] votes, double firstMaximum) {
      return firstMaximum;
    }
  }

  /**
   * One class whenever its vote is large enough, else the first maximum of the others.
   *
   * @param from least vote, 0 to 1
   */
  record Threshold(int favoured, double from) implements Decision {
    @Override
    public double of(double[] votes, double firstMaximum) {
      if (votes[favoured] >= from) {
        return favoured;
      }
      int best = -1;
      for (int c = 0; c < votes.length; c++) {
        if (c != favoured && (best < 0 || votes[c] > votes[best])) {
          best = c;
        }
      }
      return best;
    }
  }

  /**
   * The class of the least expected cost, the votes taken for probabilities; the first of equals.
   *
   * @param costs at least 0, by true class and, within that, by predicted class; as many as the
   *     square of the number of classes
   */
  record LeastCost(List<Double> costs) implements Decision {
    public LeastCost {
      costs = List.copyOf(costs);
    }

    @Override
    public double of(double[] votes, double firstMaximum) {
      int best = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int predicted = 0; predicted < votes.length; predicted++) {
        double expected = 0;
        for (int truth = 0; truth < votes.length; truth++) {
          expected += votes[truth] * costs.get(truth * votes.length + predicted);
        }
        if (expected < least) {
          least = expected;
          best = predicted;
        }
      }
      return best;
    }
  }

  /**
   * An anomaly, if the score is above a threshold, which each slot has of its own. The slots' own
   * figures go by it too.
   *
   * @param above the threshold; NaN if it adapts
   * @param quantile of the slot's last scores, which is the threshold that adapts, above 0 and
   *     below 1
   * @param last how many scores
   * @param after instances that a slot must have learned: before, its scores are not compared,
   *     counted among the last ones or watched for drift
   */
  record Anomalous(double above, double quantile, int last, long after) implements Decision {

    public static final double DEFAULT_QUANTILE = 0.995;
    public static final int DEFAULT_LAST = 1000;

    /** Twice the window of MOA's HSTrees: from then on its scores are those of a full window. */
    public static final long DEFAULT_AFTER = 500;

    public static final Anomalous DEFAULT =
        new Anomalous(Double.NaN, DEFAULT_QUANTILE, DEFAULT_LAST, DEFAULT_AFTER);

    /** Scores below which a quantile says nothing: none of fewer may be above it. */
    public static int least(double quantile) {
      int n = 1;
      while (ScoreQuantile.above(quantile, n) == 0) {
        n++;
      }
      return n;
    }

    boolean adapts() {
      return Double.isNaN(above);
    }

    @Override
    public double of(double[] votes, double called) {
      return called;
    }
  }

  /**
   * Layout: kind byte; of 1 a class int and its least vote double; of 2 costs: int, doubles; of 3
   * threshold (NaN if it adapts), quantile double, last int, after long.
   */
  default void write(DataOutput out) throws IOException {
    if (this instanceof Threshold threshold) {
      out.writeByte(1);
      out.writeInt(threshold.favoured());
      out.writeDouble(threshold.from());
    } else if (this instanceof LeastCost least) {
      out.writeByte(2);
      out.writeInt(least.costs().size());
      for (double cost : least.costs()) {
        out.writeDouble(cost);
      }
    } else if (this instanceof Anomalous anomalous) {
      out.writeByte(3);
      out.writeDouble(anomalous.above());
      out.writeDouble(anomalous.quantile());
      out.writeInt(anomalous.last());
      out.writeLong(anomalous.after());
    } else {
      out.writeByte(0);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it ends too early or is of a kind that this release does not know
   */
  static Decision read(DataInput in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> new FirstMaximum();
      case 1 -> new Threshold(in.readInt(), in.readDouble());
      case 2 -> {
        int count = in.readInt();
        if (count < 0 || count > 1 << 20) {
          throw new IOException("a stored decision has " + count + " costs");
        }
        Double[] costs = new Double[count];
        for (int i = 0; i < count; i++) {
          costs[i] = in.readDouble();
        }
        yield new LeastCost(List.of(costs));
      }
      case 3 -> new Anomalous(in.readDouble(), in.readDouble(), in.readInt(), in.readLong());
      default -> throw new IOException("a stored decision is of kind " + kind);
    };
  }
}

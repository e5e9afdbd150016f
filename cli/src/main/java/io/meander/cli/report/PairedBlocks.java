/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Answer;
import io.meander.models.Scored;
import io.meander.models.SlotSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Compares predictors on the very same events, with intervals from a block bootstrap (H. R. Künsch,
 * "The jackknife and the bootstrap for general stationary observations", Annals of Statistics 17,
 * 1989; here with blocks that do not overlap): labels that follow each other are alike, so whole
 * blocks of them are drawn. Keeps one confusion matrix a block and predictor. Deterministic: its
 * random numbers have a fixed seed.
 */
final class PairedBlocks {

  /** Scored labels in a block, in the order of the labels. */
  static final int BLOCK = 500;

  /** Below so many blocks an interval would say nothing. */
  static final int MIN_BLOCKS = 10;

  private static final int DRAWS = 1000;
  private static final double TAIL = 0.025;
  private static final long SEED = 20_010_201;

  private final int classes;
  private final Map<String, List<int[]>> blocks = new LinkedHashMap<>();
  private long scored;

  PairedBlocks(int classes) {
    this.classes = classes;
  }

  /**
   * A difference with its interval.
   *
   * @param value of the whole run, in percentage points
   * @param low lower end of the 95% interval; NaN if there are too few blocks
   * @param high upper end
   */
  record Difference(double value, double low, double high) {}

  /**
   * One predictor against another.
   *
   * @param instances that both predicted
   */
  record Comparison(
      String predictor, String against, long instances, Difference accuracy, Difference kappa) {

    /** As one would say it, such as: served beats nb: kappa +2.31 (+1.90 to +2.72), and so on. */
    String sentence() {
      boolean behind = kappa.value() < 0;
      boolean sure = kappa.low() > 0 || kappa.high() < 0;
      String verb = sure ? (behind ? "is behind" : "beats") : "cannot be told from";
      return String.format(
          Locale.ROOT,
          "%s %s %s: kappa %+.2f (%+.2f to %+.2f), accuracy %+.2f (%+.2f to %+.2f)",
          predictor,
          verb,
          against,
          kappa.value(),
          kappa.low(),
          kappa.high(),
          accuracy.value(),
          accuracy.low(),
          accuracy.high());
    }
  }

  void add(Scored scoredLabel) {
    int block = (int) (scored++ / BLOCK);
    Answer answer = scoredLabel.answer();
    int label = scoredLabel.label();
    int served = answer.servedAnswer().predicted();
    for (Answer.SlotAnswer slot : answer.slots()) {
      count(slot.slot(), block, slot.predicted(), label);
    }
    count(Board.SERVED, block, served, label);
    if (answer.frozenAnswer() != null) {
      count(Board.SERVED_SAME_EVENTS, block, served, label);
    }
    count(Board.NO_CHANGE, block, answer.noChange(), label);
    count(Board.MAJORITY, block, answer.majority(), label);
  }

  private void count(String predictor, int block, int predicted, int label) {
    List<int[]> counts = blocks.computeIfAbsent(predictor, p -> new ArrayList<>());
    while (counts.size() <= block) {
      counts.add(new int[classes * classes]);
    }
    counts.get(block)[predicted * classes + label]++;
  }

  /**
   * What was served against every slot and the baselines, and, on the twin's events, against the
   * frozen twin.
   */
  List<Comparison> all(List<String> slots) {
    List<Comparison> all = new ArrayList<>();
    List<String> others = new ArrayList<>(slots);
    others.add(Board.NO_CHANGE);
    others.add(Board.MAJORITY);
    for (String other : others) {
      if (blocks.containsKey(other) && !Arrays.equals(sum(other), sum(Board.SERVED))) {
        all.add(compare(Board.SERVED, other));
      }
    }
    if (blocks.containsKey(SlotSpec.FROZEN)) {
      all.add(compare(Board.SERVED_SAME_EVENTS, SlotSpec.FROZEN));
    }
    return all;
  }

  /** One against another that both answered the same events. */
  Comparison compare(String a, String b) {
    List<int[]> left = blocks.get(a);
    List<int[]> right = blocks.get(b);
    int count = Math.min(left.size(), right.size());
    double[] accuracies = new double[DRAWS];
    double[] kappas = new double[DRAWS];
    if (count >= MIN_BLOCKS) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (int draw = 0; draw < DRAWS; draw++) {
        long[] drawnLeft = new long[classes * classes];
        long[] drawnRight = new long[classes * classes];
        for (int i = 0; i < count; i++) {
          int block = random.nextInt(count);
          plus(drawnLeft, left.get(block));
          plus(drawnRight, right.get(block));
        }
        accuracies[draw] = accuracy(drawnLeft) - accuracy(drawnRight);
        kappas[draw] = kappa(drawnLeft) - kappa(drawnRight);
      }
    }
    long[] wholeLeft = sum(a);
    long[] wholeRight = sum(b);
    return new Comparison(
        a,
        b,
        Arrays.stream(wholeLeft).sum(),
        difference(accuracy(wholeLeft) - accuracy(wholeRight), accuracies, count),
        difference(kappa(wholeLeft) - kappa(wholeRight), kappas, count));
  }

  private static Difference difference(double value, double[] drawn, int blocks) {
    if (blocks < MIN_BLOCKS) {
      return new Difference(value, Double.NaN, Double.NaN);
    }
    Arrays.sort(drawn);
    int tail = (int) (TAIL * drawn.length);
    return new Difference(value, drawn[tail], drawn[drawn.length - 1 - tail]);
  }

  private long[] sum(String predictor) {
    long[] sum = new long[classes * classes];
    blocks.get(predictor).forEach(block -> plus(sum, block));
    return sum;
  }

  private static void plus(long[] sum, int[] block) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += block[i];
    }
  }

  private double accuracy(long[] confusion) {
    long correct = 0;
    long all = 0;
    for (int i = 0; i < confusion.length; i++) {
      all += confusion[i];
      correct += i / classes == i % classes ? confusion[i] : 0;
    }
    return 100.0 * correct / all;
  }

  private double kappa(long[] confusion) {
    double all = Arrays.stream(confusion).sum();
    double chance = 0;
    for (int c = 0; c < classes; c++) {
      double predicted = 0;
      double labelled = 0;
      for (int other = 0; other < classes; other++) {
        predicted += confusion[c * classes + other];
        labelled += confusion[other * classes + c];
      }
      chance += predicted / all * (labelled / all);
    }
    return 100 * (accuracy(confusion) / 100 - chance) / (1 - chance);
  }
}

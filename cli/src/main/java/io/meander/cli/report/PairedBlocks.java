/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Answer;
import io.meander.models.Board;
import io.meander.models.Figure;
import io.meander.models.Score;
import io.meander.models.Scored;
import io.meander.models.SlotSpec;
import io.meander.models.Target;
import io.meander.models.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Compares predictors on the very same events, with intervals from a block bootstrap (H. R. Künsch,
 * "The jackknife and the bootstrap for general stationary observations", Annals of Statistics 17,
 * 1989; here with blocks that do not overlap): labels that follow each other are alike, so whole
 * blocks of them are drawn. Keeps one score a block and predictor. Deterministic: its random
 * numbers have a fixed seed.
 */
final class PairedBlocks {

  /** Scored labels in a block of a whole run, in the order of the labels. */
  static final int BLOCK = 500;

  /** Below so many blocks an interval would say nothing. */
  static final int MIN_BLOCKS = 10;

  private static final int DRAWS = 1000;
  private static final double TAIL = 0.025;

  /** Share of the draws in which a figure must be defined. */
  private static final double MIN_DEFINED = 0.9;

  private static final long SEED = 20_010_201;

  private final Target target;
  private final int blockSize;
  private final Map<String, List<Score>> blocks = new LinkedHashMap<>();
  private long scored;

  PairedBlocks(Target target) {
    this(target, BLOCK);
  }

  /**
   * @param blockSize scored labels in a block
   */
  PairedBlocks(Target target, int blockSize) {
    this.target = target;
    this.blockSize = blockSize;
  }

  /**
   * A difference with its interval.
   *
   * @param value of the whole run, in the figure's unit: percentage points, or those of the label
   * @param low lower end of the 95% interval; NaN if there are too few blocks
   * @param high upper end
   */
  record Difference(double value, double low, double high) {

    private Difference negative() {
      return new Difference(-value, -high, -low);
    }

    /** Half of the interval. */
    double margin() {
      return (high - low) / 2;
    }
  }

  /**
   * One predictor against another.
   *
   * @param instances that both predicted
   * @param leading the figure to look at first
   * @param of by the figures that the task compares by: the first's less the other's
   */
  record Comparison(
      String predictor,
      String against,
      long instances,
      Figure leading,
      Map<Figure, Difference> of) {

    Difference lead() {
      return of.get(leading);
    }

    /** How much better the first is. */
    Difference gain(Figure figure) {
      return figure.higherIsBetter() ? of.get(figure) : of.get(figure).negative();
    }

    /**
     * As one would say it, such as: hat beats ht by 0.40 ± 0.20 kappa (accuracy +0.10 ± 0.05).
     * Without the other figure where it has no interval.
     */
    String sentence() {
      Difference gain = gain(leading);
      boolean sure = gain.low() > 0 || gain.high() < 0;
      String verb = sure ? (gain.value() < 0 ? "is behind" : "beats") : "cannot be told from";
      StringBuilder text = new StringBuilder();
      text.append(predictor).append(' ').append(verb).append(' ').append(against);
      text.append(
          sure
              ? " by " + with(leading, "%.", Math.abs(gain.value())) + " " + leading.title()
              : ": " + leading.title() + " " + with(leading, "%+.", of.get(leading).value()));
      of.forEach(
          (figure, difference) -> {
            if (figure != leading && !Double.isNaN(difference.margin())) {
              text.append(" (").append(figure.title()).append(' ');
              text.append(with(figure, "%+.", difference.value())).append(')');
            }
          });
      return text.toString();
    }

    /** A value of a figure with its margin. */
    private String with(Figure figure, String format, double value) {
      String number = format + figure.decimals() + "f";
      String margin = "%." + figure.decimals() + "f";
      return String.format(Locale.ROOT, number + " ± " + margin, value, of.get(figure).margin());
    }
  }

  void add(Scored scoredLabel) {
    int block = (int) (scored++ / blockSize);
    Answer answer = scoredLabel.answer();
    Answer.SlotAnswer served = answer.servedAnswer();
    for (Answer.SlotAnswer slot : answer.slots()) {
      count(slot.slot(), block, slot, scoredLabel);
    }
    count(Board.SERVED, block, served, scoredLabel);
    if (answer.frozenAnswer() != null) {
      count(Board.SERVED_SAME_EVENTS, block, served, scoredLabel);
    }
    if (target.task() != Task.ANOMALY) { // of which baselines have no score to be ranked by
      count(Board.NO_CHANGE, block, answer.noChange(), 1, scoredLabel);
      count(target.task().typical(), block, answer.typical(), 1, scoredLabel);
    }
  }

  private void count(String predictor, int block, Answer.SlotAnswer answer, Scored label) {
    double labelProbability = target.labelProbability(answer.votes(), label.label());
    count(predictor, block, answer.predicted(), labelProbability, label);
  }

  private void count(
      String predictor, int block, double predicted, double labelProbability, Scored label) {
    List<Score> scores = blocks.computeIfAbsent(predictor, p -> new ArrayList<>());
    while (scores.size() <= block) {
      scores.add(target.newScore());
    }
    scores
        .get(block)
        .add(
            label.label(),
            predicted,
            labelProbability,
            label.answer().noChange(),
            label.reference());
  }

  /**
   * What was served against every slot and the baselines; the best slot, by the leading figure over
   * all of it, against the other slots and no-change, unless its predictions were what was served;
   * and, on the twin's events, what was served against the frozen twin.
   */
  List<Comparison> all(List<String> slots) {
    List<Comparison> all = new ArrayList<>();
    List<String> others = new ArrayList<>(slots);
    others.add(Board.NO_CHANGE);
    others.add(target.task().typical());
    for (String other : others) {
      if (blocks.containsKey(other) && !isLikeServed(other)) {
        all.add(compare(Board.SERVED, other));
      }
    }
    all.addAll(bestAgainst(slots));
    if (blocks.containsKey(SlotSpec.FROZEN)) {
      all.add(compare(Board.SERVED_SAME_EVENTS, SlotSpec.FROZEN));
    }
    return all;
  }

  private boolean isLikeServed(String other) {
    Score served = sum(Board.SERVED);
    Score score = sum(other);
    return target.task().compared().stream()
        .allMatch(figure -> Double.compare(served.figure(figure), score.figure(figure)) == 0);
  }

  private List<Comparison> bestAgainst(List<String> slots) {
    List<String> known = slots.stream().filter(blocks::containsKey).toList();
    if (known.size() < 2) {
      return List.of();
    }
    Figure lead = target.task().lead();
    int sign = lead.higherIsBetter() ? 1 : -1;
    String best = known.get(0);
    for (String slot : known) {
      if (sign * (sum(slot).figure(lead) - sum(best).figure(lead)) > 0) {
        best = slot;
      }
    }
    if (isLikeServed(best)) {
      return List.of();
    }
    List<Comparison> all = new ArrayList<>();
    for (String slot : known) {
      if (!slot.equals(best)) {
        all.add(compare(best, slot));
      }
    }
    if (blocks.containsKey(Board.NO_CHANGE)) {
      all.add(compare(best, Board.NO_CHANGE));
    }
    return all;
  }

  /**
   * One against another that both answered the same events. Blocks in which they answered none, as
   * before a twin was born, are no part of it.
   */
  Comparison compare(String a, String b) {
    List<Score> left = answered(a);
    List<Score> right = answered(b);
    List<Figure> figures = target.task().compared();
    int count = Math.min(left.size(), right.size());
    double[][] drawn = new double[figures.size()][DRAWS];
    if (count >= MIN_BLOCKS) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (int draw = 0; draw < DRAWS; draw++) {
        Score drawnLeft = target.newScore();
        Score drawnRight = target.newScore();
        for (int i = 0; i < count; i++) {
          int block = random.nextInt(count);
          drawnLeft.merge(left.get(block));
          drawnRight.merge(right.get(block));
        }
        for (int f = 0; f < figures.size(); f++) {
          drawn[f][draw] = difference(figures.get(f), drawnLeft, drawnRight);
        }
      }
    }
    Score wholeLeft = sum(a);
    Score wholeRight = sum(b);
    Map<Figure, Difference> of = new EnumMap<>(Figure.class);
    for (int f = 0; f < figures.size(); f++) {
      double value = difference(figures.get(f), wholeLeft, wholeRight);
      of.put(figures.get(f), difference(value, drawn[f], count));
    }
    return new Comparison(a, b, wholeLeft.instances(), target.task().lead(), of);
  }

  private List<Score> answered(String predictor) {
    return blocks.get(predictor).stream().filter(block -> block.instances() > 0).toList();
  }

  private static double difference(Figure figure, Score left, Score right) {
    return left.figure(figure) - right.figure(figure);
  }

  private static Difference difference(double value, double[] drawn, int blocks) {
    if (blocks < MIN_BLOCKS) {
      return new Difference(value, Double.NaN, Double.NaN);
    }
    // A draw without a single anomaly, say, has no area and no F1: such draws are left out.
    double[] defined = Arrays.stream(drawn).filter(d -> !Double.isNaN(d)).sorted().toArray();
    if (defined.length < MIN_DEFINED * drawn.length) {
      return new Difference(value, Double.NaN, Double.NaN);
    }
    int tail = (int) (TAIL * defined.length);
    return new Difference(value, defined[tail], defined[defined.length - 1 - tail]);
  }

  private Score sum(String predictor) {
    Score sum = target.newScore();
    blocks.get(predictor).forEach(sum::merge);
    return sum;
  }
}

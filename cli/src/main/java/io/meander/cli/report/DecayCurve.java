/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Answer;
import io.meander.models.Board;
import io.meander.models.Score;
import io.meander.models.Scored;
import io.meander.models.Target;
import io.meander.models.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What it costs not to update: twins frozen at several ages beside what was served, on the very
 * same events. Counts the labels of events of the test whose keys have a twin of every age; the
 * others are left out for all.
 */
final class DecayCurve {

  private final DecayTest test;
  private final Target target;
  private final PairedBlocks blocks;
  private final Map<String, Score> whole = new HashMap<>();
  private final Map<Long, Map<String, Score>> stretches = new TreeMap<>();
  private final Map<String, long[]> trainedByKey = new HashMap<>();
  private final Set<String> keysLeftOut = new HashSet<>();
  private long leftOut;
  private long lastTime = Long.MIN_VALUE;

  DecayCurve(DecayTest test, Target target) {
    this.test = test;
    this.target = target;
    this.blocks = new PairedBlocks(target);
    whole.put(Board.SERVED, target.newScore());
    test.ages().forEach(age -> whole.put(age.twin(), target.newScore()));
  }

  /**
   * One age.
   *
   * @param trained instances that the twins of the counted keys had learned, together
   * @param gap what was served against the twin
   */
  public record Aged(
      DecayTest.Age age, Instant frozenAt, long trained, Score twin, PairedBlocks.Comparison gap) {}

  /**
   * One stretch of the test, such as a day.
   *
   * @param predictor {@link Board#SERVED} or an age's text
   */
  record Stretch(String predictor, Instant from, Score score) {}

  /** A scored label, in the order of the labels. */
  void add(Scored label) {
    Answer answer = label.answer();
    long since = answer.eventTime() - test.start().toEpochMilli();
    if (since < 0) {
      return;
    }
    List<DecayTest.Age> ages = test.ages();
    Answer.SlotAnswer[] twins = new Answer.SlotAnswer[ages.size()];
    for (int i = 0; i < twins.length; i++) {
      twins[i] = answer.of(ages.get(i).twin());
      if (twins[i] == null) {
        leftOut++;
        keysLeftOut.add(answer.key());
        return;
      }
    }
    lastTime = Math.max(lastTime, answer.eventTime());
    blocks.add(label);
    Map<String, Score> stretch =
        stretches.computeIfAbsent(since / test.stretch().toMillis(), s -> new HashMap<>());
    score(Board.SERVED, answer.servedAnswer(), label, stretch);
    for (Answer.SlotAnswer twin : twins) {
      score(twin.slot(), twin, label, stretch);
    }
    trainedByKey.computeIfAbsent(answer.key(), key -> trained(twins));
  }

  private void score(
      String predictor, Answer.SlotAnswer slot, Scored label, Map<String, Score> stretch) {
    for (Score score :
        List.of(whole.get(predictor), stretch.computeIfAbsent(predictor, p -> target.newScore()))) {
      score.add(
          label.label(),
          slot.predicted(),
          target.labelProbability(slot.votes(), label.label()),
          label.answer().noChange(),
          label.reference());
    }
  }

  private static long[] trained(Answer.SlotAnswer[] twins) {
    long[] trained = new long[twins.length];
    for (int i = 0; i < twins.length; i++) {
      trained[i] = twins[i].trainedInstances();
    }
    return trained;
  }

  Task task() {
    return target.task();
  }

  DecayTest test() {
    return test;
  }

  /** Time of the last event that counts; that of the start if none does. */
  Instant end() {
    return lastTime == Long.MIN_VALUE ? test.start() : Instant.ofEpochMilli(lastTime);
  }

  /** What was served, on the counted events. */
  Score live() {
    return whole.get(Board.SERVED);
  }

  /** Labels of the test that do not count, as their keys have no twin of some age. */
  long leftOut() {
    return leftOut;
  }

  /** Keys of those labels. */
  int keysLeftOut() {
    return keysLeftOut.size();
  }

  /** The youngest first; none if nothing could be counted. */
  List<Aged> aged() {
    List<Aged> aged = new ArrayList<>();
    for (int i = 0; i < test.ages().size() && live().instances() > 0; i++) {
      DecayTest.Age age = test.ages().get(i);
      int index = i;
      aged.add(
          new Aged(
              age,
              test.frozenAt(age),
              trainedByKey.values().stream().mapToLong(of -> of[index]).sum(),
              whole.get(age.twin()),
              blocks.compare(Board.SERVED, age.twin())));
    }
    return aged;
  }

  /** One after the other, of each what was served first, then the ages. */
  List<Stretch> stretches() {
    List<Stretch> all = new ArrayList<>();
    stretches.forEach(
        (number, scores) -> {
          Instant from = test.start().plus(test.stretch().multipliedBy(number));
          all.add(new Stretch(Board.SERVED, from, scores.get(Board.SERVED)));
          test.ages()
              .forEach(age -> all.add(new Stretch(age.text(), from, scores.get(age.twin()))));
        });
    return all;
  }
}

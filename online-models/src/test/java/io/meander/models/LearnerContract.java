/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Meander asks of a learner, so that an image with the instances after it is the same model:
 *
 * <ul>
 *   <li>it learns a stream without throwing, and votes before it has learned anything
 *   <li>its votes come to tell instances apart: classes are voted for, scores are not all the same
 *   <li>equal seeds give equal votes, in the same JVM and in another one
 *   <li>votes in between, or none, change neither later votes nor what is stored
 *   <li>read back in a fresh JVM it goes on bit for bit
 * </ul>
 *
 * {@link #learn} is for the first JVM, {@link #goOn} for the fresh one. "Equal models" are equal in
 * canonical form: written, read and written again.
 */
final class LearnerContract {

  /** Numbers of instances at which models are written and read: hash tables grow about there. */
  private static final int[] POINTS = {5, 12, 24, 48, 100, 250, 500, 1000, 2000};

  private static final int OTHER_JVM = 300;
  private static final int EVERY_UP_TO = 50;
  private static final int EVERY = 50;

  /** Bytes of an image. */
  private static final int SMALL = 1 << 20;

  private final String optionString;
  private final Task task;
  private final int columns;
  private final int instances;

  /**
   * @param optionString without a seed
   * @param columns how wide the stream is
   * @param instances how many are learned
   */
  LearnerContract(String optionString, Task task, int columns, int instances) {
    this.optionString = optionString;
    this.task = task;
    this.columns = columns;
    this.instances = instances;
  }

  /**
   * Learns all there is, undisturbed, and compares with disturbed twins.
   *
   * @throws BrokenContractException with the reason
   */
  LearnerTrace learn() {
    BrokenContractException first = null;
    for (ContractStream.Kind kind : ContractStream.Kind.of(task, columns)) {
      try {
        return learn(new ContractStream(kind, task, instances));
      } catch (BrokenContractException e) {
        if (!e.cannotTakeIt()) {
          throw e;
        }
        first = first == null ? e : first;
      }
    }
    throw first;
  }

  private LearnerTrace learn(ContractStream stream) {
    ContractRun undisturbed = new ContractRun(optionString, stream);
    double[][] votes = new double[instances][];
    SortedMap<Integer, byte[]> images = new TreeMap<>();
    while (undisturbed.learned < instances) {
      votes[undisturbed.learned] = undisturbed.vote();
      undisturbed.train();
      if (isPoint(undisturbed.learned)) {
        images.put(undisturbed.learned, undisturbed.write());
      }
    }
    byte[] end = undisturbed.canonical();
    checkUse(votes);
    if (task == Task.CLASSIFICATION) {
      checkClasses(votes, stream.kind().classes());
    }
    if (task == Task.ANOMALY) {
      checkScores(votes);
    }
    checkUnlabelled(stream, votes, end);
    ContractStream.Kind kind = stream.kind();
    return new LearnerTrace(
        kind.columns(), kind.nominals(), kind.missing(), kind.classes(), votes, images, end);
  }

  /** Votes on other rows in between, then no votes at all, as when a log is replayed. */
  private void checkUnlabelled(ContractStream stream, double[][] votes, byte[] end) {
    ContractRun disturbed = new ContractRun(optionString, stream);
    int differs = -1;
    while (disturbed.learned < instances && differs < 0) {
      disturbed.voteOnOthers();
      if (!same(disturbed.vote(), votes[disturbed.learned])) {
        differs = disturbed.learned;
      }
      disturbed.train();
    }
    boolean sameEnd = differs < 0 && Arrays.equals(disturbed.canonical(), end);
    if (sameEnd) {
      ContractRun silent = new ContractRun(optionString, stream);
      while (silent.learned < instances) {
        silent.train();
      }
      sameEnd = Arrays.equals(silent.canonical(), end);
    }
    if (!sameEnd) {
      checkTwin(stream, votes, instances, "");
      throw new BrokenContractException(
          differs < 0 ? "voting changes what is stored" : "voting changes later votes");
    }
  }

  /**
   * Goes on from what another JVM wrote.
   *
   * @param individually from each image on, not only from one to the next
   * @throws BrokenContractException with the reason
   */
  void goOn(LearnerTrace trace, boolean individually) {
    ContractStream stream = new ContractStream(trace.kind(), task, instances);
    checkTwin(stream, trace.votes(), Math.min(instances, OTHER_JVM), " in another JVM");
    goOn(stream, trace, trace.images().firstKey(), true);
    if (individually) {
      for (int point : trace.images().keySet()) {
        goOn(stream, trace, point, false);
      }
    }
  }

  private void goOn(ContractStream stream, LearnerTrace trace, int point, boolean atEachPoint) {
    ContractRun run = new ContractRun(stream, trace.images().get(point), point);
    int last = point;
    while (run.learned < instances) {
      if (!same(run.vote(), trace.votes()[run.learned])) {
        throw new BrokenContractException(
            "votes differ after it was read back at %d instances".formatted(last));
      }
      run.train();
      if (atEachPoint && isReadBack(run.learned, run.imageSize())) {
        last = run.learned;
        run.readBack();
      }
    }
    if (!Arrays.equals(run.canonical(), trace.end())) {
      throw new BrokenContractException(
          atEachPoint
              ? "canonical bytes differ after it was read back"
              : "canonical bytes differ after it was read back at %d instances".formatted(point));
    }
  }

  private void checkTwin(ContractStream stream, double[][] votes, int count, String where) {
    ContractRun twin = new ContractRun(optionString, stream);
    while (twin.learned < count) {
      if (!same(twin.vote(), votes[twin.learned])) {
        throw new BrokenContractException("equal seeds give other votes" + where);
      }
      twin.train();
    }
  }

  /** What becomes NaN for ever at the first missing value has not learned the stream. */
  private static void checkUse(double[][] votes) {
    for (int i = votes.length * 3 / 4; i < votes.length; i++) {
      for (double vote : votes[i]) {
        if (vote != 0 && Double.isFinite(vote)) {
          return;
        }
      }
    }
    throw BrokenContractException.cannotTakeIt("gives no finite vote");
  }

  private static void checkClasses(double[][] votes, int classes) {
    for (double[] raw : votes) {
      if (raw.length >= classes && raw[classes - 1] > 0) {
        return;
      }
    }
    throw BrokenContractException.cannotTakeIt("never votes for the last of the classes");
  }

  /** What scores every instance alike has learned nothing of what is usual. */
  private static void checkScores(double[][] votes) {
    double[] last = votes[votes.length - 1];
    for (int i = votes.length * 3 / 4; i < votes.length; i++) {
      if (!same(votes[i], last)) {
        return;
      }
    }
    throw new BrokenContractException("gives every instance the same score: it learns nothing");
  }

  /** Every NaN counts as the same: its payload depends on the compiler, and nothing reads it. */
  private static boolean same(double[] a, double[] b) {
    return Arrays.equals(a, b);
  }

  private static boolean isPoint(int learned) {
    return Arrays.binarySearch(POINTS, learned) >= 0;
  }

  /** At every size that a small table may have, and less often when that would take long. */
  private static boolean isReadBack(int learned, int imageSize) {
    return isPoint(learned)
        || (imageSize < SMALL && (learned <= EVERY_UP_TO || learned % EVERY == 0));
  }
}

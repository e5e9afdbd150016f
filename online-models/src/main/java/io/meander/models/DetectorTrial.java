/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import moa.classifiers.core.driftdetection.ChangeDetector;

/**
 * Tries a kind of detector on made-up errors before any model set relies on it: it has to be
 * storable, to go on after a round trip as if it had never been stored, to be deterministic, to
 * keep its state to itself, and to be silent while nothing changes. Some of MOA's are not: they
 * draw from {@code Math.random()}, or share static fields. Takes some milliseconds.
 */
final class DetectorTrial {

  /** Errors of the trial: enough for the detectors that compare samples of blocks of 200. */
  private static final int INPUTS = 2400;

  private static final int STORED_EVERY = 171;
  private static final int SILENT = 200;

  private final double[] inputs = new double[INPUTS];
  private final Supplier<ChangeDetector> kind;

  DetectorTrial(Supplier<ChangeDetector> kind) {
    this.kind = kind;
    Random random = new Random(20_011);
    for (int i = 0; i < INPUTS; i++) {
      double rate = i < INPUTS / 3 ? 0.1 : i < 2 * INPUTS / 3 ? 0.6 : 0.3;
      inputs[i] = random.nextDouble() < rate ? 1 : 0;
    }
  }

  /**
   * How a detector goes through the trial.
   *
   * @param stored whether it is written and read now and then
   * @param accompanied whether another one is fed other errors in turn
   */
  private record Way(boolean stored, boolean accompanied) {}

  /** Why detectors of this kind are refused, as the end of a sentence; empty if they are not. */
  Optional<String> objection() {
    try {
      return firstObjection();
    } catch (LinkageError e) {
      return Optional.of("needs a library that Meander leaves out (" + e.getMessage() + ")");
    } catch (OptionStringException e) {
      throw e; // no detector at all
    } catch (RuntimeException e) {
      return Optional.of("fails on hits and misses: " + e);
    }
  }

  private Optional<String> firstObjection() {
    ChangeDetector fresh = kind.get();
    fresh.input(0);
    try {
      JavaObjects.copy(fresh, ChangeDetector.class, null);
    } catch (ModelFormatException e) {
      return Optional.of("cannot be stored: " + e.getMessage());
    }
    double[] alone = run(new Way(false, false));
    if (!Arrays.equals(alone, run(new Way(false, false)))) {
      return Optional.of("draws random numbers that no seed repeats");
    }
    if (!Arrays.equals(alone, run(new Way(false, true)))) {
      return Optional.of("shares its state with every other detector of its kind");
    }
    if (!Arrays.equals(alone, run(new Way(true, false)))) {
      return Optional.of("does not go on as it was after being stored");
    }
    return isSilent() ? Optional.empty() : Optional.of("alarms where nothing changes");
  }

  /** Change, warning and estimate after each input. */
  private double[] run(Way way) {
    ChangeDetector detector = kind.get();
    ChangeDetector other = kind.get();
    double[] answers = new double[3 * INPUTS];
    for (int i = 0; i < INPUTS; i++) {
      if (way.stored() && i % STORED_EVERY == 0) {
        detector = JavaObjects.copy(detector, ChangeDetector.class, null);
      }
      detector.input(inputs[i]);
      if (way.accompanied()) {
        other.input(1 - inputs[(i * 7) % INPUTS]);
      }
      answers[3 * i] = detector.getChange() ? 1 : 0;
      answers[3 * i + 1] = detector.getWarningZone() ? 1 : 0;
      answers[3 * i + 2] = detector.getEstimation();
    }
    return answers;
  }

  private boolean isSilent() {
    ChangeDetector detector = kind.get();
    for (int i = 0; i < SILENT; i++) {
      detector.input(0);
      if (detector.getChange()) {
        return false;
      }
    }
    return true;
  }
}

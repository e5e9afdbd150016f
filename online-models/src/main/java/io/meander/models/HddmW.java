/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;
import moa.classifiers.core.driftdetection.AbstractChangeDetector;
import moa.classifiers.core.driftdetection.HDDM_W_Test;
import moa.core.ObjectRepository;
import moa.tasks.TaskMonitor;

/**
 * MOA's {@link HDDM_W_Test}, answer for answer, with samples of its own: MOA keeps them in static
 * fields, so that two detectors disturb each other and nothing of them is stored. Bounds on the
 * difference of weighted moving averages (I. Frías-Blanco et al., "Online and Non-Parametric Drift
 * Detection Methods Based on Hoeffding's Bounds", IEEE TKDE 27(3), 2015, section 4.2). Part of
 * stored models.
 */
final class HddmW extends AbstractChangeDetector {

  private static final long serialVersionUID = 1L;

  private final double lambda;
  private final double driftConfidence;
  private final double warningConfidence;
  private final boolean oneSided;

  private Sample total;
  private Sample beforeRise;
  private Sample sinceRise;
  private Sample beforeFall;
  private Sample sinceFall;
  private double lowest;
  private double highest;

  /** A moving average and the sum of its squared weights; the average is -1 while it is empty. */
  private static final class Sample implements Serializable {

    private static final long serialVersionUID = 1L;

    private double mean = -1;
    private double squaredWeights;

    void add(double value, double lambda) {
      double kept = 1.0 - lambda;
      if (mean < 0) {
        mean = value;
        squaredWeights = 1;
      } else {
        mean = lambda * value + kept * mean;
        squaredWeights = lambda * lambda + kept * kept * squaredWeights;
      }
    }

    void become(Sample other) {
      mean = other.mean;
      squaredWeights = other.squaredWeights;
    }
  }

  /**
   * A fresh detector with another one's options.
   *
   * @param options only read
   */
  HddmW(HDDM_W_Test options) {
    lambda = options.lambdaOption.getValue();
    driftConfidence = options.driftConfidenceOption.getValue();
    warningConfidence = options.warningConfidenceOption.getValue();
    oneSided = options.oneSidedTestOption.getChosenIndex() == 0;
    resetLearning();
  }

  @Override
  public void resetLearning() {
    super.resetLearning();
    total = new Sample();
    beforeRise = new Sample();
    sinceRise = new Sample();
    beforeFall = new Sample();
    sinceFall = new Sample();
    lowest = Double.MAX_VALUE;
    highest = Double.MIN_VALUE; // as MOA has it: a fall is looked for above 0 only
  }

  @Override
  public void input(double value) {
    total.add(value, lambda);
    watchRise(value);
    if (isAbove(sinceRise, beforeRise, driftConfidence)) {
      resetLearning();
      isChangeDetected = true;
    } else {
      isChangeDetected = false;
      isWarningZone = isAbove(sinceRise, beforeRise, warningConfidence);
    }
    watchFall(value);
    if (!oneSided && isAbove(beforeFall, sinceFall, driftConfidence)) {
      resetLearning(); // a fall begins anew and is no drift, as in MOA
    }
    estimation = total.mean;
  }

  private void watchRise(double value) {
    double upper = total.mean + bound(total.squaredWeights, driftConfidence);
    if (upper < lowest) {
      lowest = upper;
      beforeRise.become(total);
      sinceRise = new Sample();
      delay = 0;
    } else {
      delay++;
      sinceRise.add(value, lambda);
    }
  }

  private void watchFall(double value) {
    double lower = total.mean - bound(total.squaredWeights, driftConfidence);
    if (lower > highest) {
      highest = lower;
      beforeFall.become(total);
      sinceFall = new Sample();
    } else {
      sinceFall.add(value, lambda);
    }
  }

  private static boolean isAbove(Sample sample, Sample other, double confidence) {
    return sample.mean >= 0
        && other.mean >= 0
        && sample.mean - other.mean
            > bound(other.squaredWeights + sample.squaredWeights, confidence);
  }

  private static double bound(double squaredWeights, double confidence) {
    return Math.sqrt(squaredWeights * Math.log(1 / confidence) / 2);
  }

  @Override
  public void getDescription(StringBuilder text, int indent) {
    text.append("HDDM_W");
  }

  @Override
  protected void prepareForUseImpl(TaskMonitor monitor, ObjectRepository repository) {}
}

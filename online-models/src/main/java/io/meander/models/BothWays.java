/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import moa.classifiers.core.driftdetection.AbstractChangeDetector;
import moa.classifiers.core.driftdetection.ChangeDetector;
import moa.core.ObjectRepository;
import moa.tasks.TaskMonitor;

/**
 * Two detectors of one kind, of which the second is fed 1 less the signal: most of MOA's alarm only
 * when what they are fed rises. Alarms when either does. Part of stored models.
 */
final class BothWays extends AbstractChangeDetector {

  private static final long serialVersionUID = 1L;

  private final ChangeDetector rising;
  private final ChangeDetector falling;

  /** Two fresh detectors. */
  BothWays(ChangeDetector rising, ChangeDetector falling) {
    this.rising = rising;
    this.falling = falling;
  }

  /**
   * @param signal 0 to 1
   */
  @Override
  public void input(double signal) {
    rising.input(signal);
    falling.input(1 - signal);
    isChangeDetected = rising.getChange() || falling.getChange();
    isWarningZone = rising.getWarningZone() || falling.getWarningZone();
    estimation = rising.getEstimation();
    delay = Math.max(rising.getDelay(), falling.getDelay());
  }

  @Override
  public void resetLearning() {
    super.resetLearning();
    rising.resetLearning();
    falling.resetLearning();
  }

  @Override
  public void getDescription(StringBuilder text, int indent) {
    text.append("both ways: ");
    rising.getDescription(text, indent);
  }

  @Override
  protected void prepareForUseImpl(TaskMonitor monitor, ObjectRepository repository) {}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import moa.classifiers.core.driftdetection.AbstractChangeDetector;
import moa.classifiers.core.driftdetection.STEPD;
import moa.core.ObjectRepository;
import moa.tasks.TaskMonitor;

/**
 * MOA's {@link STEPD} without Weka, of which MOA's takes the normal distribution: compares the hits
 * of the last inputs with those of all before them by a test of equal proportions (K. Nishida, K.
 * Yamauchi, "Detecting Concept Drift Using Statistical Testing", Discovery Science 2007, section
 * 3). Answers as MOA's but while all inputs are equal: there MOA's divides by zero and alarms, and
 * this one does not. Takes hits, 0, and misses, 1. Part of stored models.
 */
final class Stepd extends AbstractChangeDetector {

  private static final long serialVersionUID = 1L;

  private final double alphaDrift;
  private final double alphaWarning;

  /** The last inputs, in a ring. */
  private final byte[] recent;

  private int next;
  private int recentCount;
  private double recentMisses;
  private int olderCount;
  private double olderMisses;

  /**
   * A fresh detector with another one's options.
   *
   * @param options only read
   */
  Stepd(STEPD options) {
    alphaDrift = options.alphaDriftOption.getValue();
    alphaWarning = options.alphaWarningOption.getValue();
    recent = new byte[options.windowSizeOption.getValue()];
  }

  @Override
  public void resetLearning() {
    super.resetLearning();
    next = 0;
    recentCount = 0;
    recentMisses = 0;
    olderCount = 0;
    olderMisses = 0;
  }

  @Override
  public void input(double miss) {
    if (isChangeDetected) {
      resetLearning();
    }
    if (recentCount == recent.length) {
      olderMisses += recent[next];
      olderCount++;
      recentMisses -= recent[next];
    } else {
      recentCount++;
    }
    recent[next] = (byte) miss;
    next = (next + 1) % recent.length;
    recentMisses += miss;
    isWarningZone = false;
    double misses = olderMisses + recentMisses;
    boolean mixed = misses > 0 && misses < olderCount + recentCount;
    if (olderCount >= recent.length && mixed) {
      double significance = significance();
      isChangeDetected = significance < alphaDrift;
      isWarningZone = !isChangeDetected && significance < alphaWarning;
    }
  }

  /** How likely the two proportions of hits differ as much if nothing changed. */
  private double significance() {
    double olderHits = olderCount - olderMisses;
    double recentHits = recentCount - recentMisses;
    double inverse = 1.0 / olderCount + 1.0 / recentCount;
    double pooled = (olderHits + recentHits) / (olderCount + recentCount);
    double z = Math.abs(olderHits / olderCount - recentHits / recentCount);
    z = z - inverse / 2.0;
    z = z / Math.sqrt(pooled * (1.0 - pooled) * inverse);
    return 2 * (1 - NormalDistribution.below(Math.abs(z)));
  }

  @Override
  public void getDescription(StringBuilder text, int indent) {
    text.append("STEPD");
  }

  @Override
  protected void prepareForUseImpl(TaskMonitor monitor, ObjectRepository repository) {}
}

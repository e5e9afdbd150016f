/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.AnomalyTarget;
import io.meander.models.Answer;

/** Events of some stretch that were answered, with or without a label. Owned by one thread. */
final class AnswerCounts {

  private long answered;
  private long called;

  void add(Answer answer) {
    answered++;
    if (answer.servedAnswer().predicted() == AnomalyTarget.ANOMALY) {
      called++;
    }
  }

  long answered() {
    return answered;
  }

  /** Those of them that were called an anomaly; of other tasks it means nothing. */
  long called() {
    return called;
  }
}

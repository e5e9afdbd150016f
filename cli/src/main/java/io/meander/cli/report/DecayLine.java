/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Score;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of the decay curve: what was served, or the twin of one age.
 *
 * @param age as it was asked for; {@code live} of what was served
 * @param frozenAtOrNull null of what was served
 * @param trained instances the twins had learned; 0 of what was served
 * @param gap kappa of what was served less that of the twin, in percentage points; NaN of what was
 *     served
 * @param low lower end of its 95% interval; NaN if there were too few labels
 */
public record DecayLine(
    String age,
    Instant frozenAtOrNull,
    long trained,
    long instances,
    double accuracy,
    double kappa,
    double gap,
    double low,
    double high) {

  static List<DecayLine> of(DecayCurve curve) {
    List<DecayLine> lines = new ArrayList<>();
    Score live = curve.live();
    lines.add(
        new DecayLine(
            "live",
            null,
            0,
            live.instances(),
            live.accuracy(),
            live.kappa(),
            Double.NaN,
            Double.NaN,
            Double.NaN));
    for (DecayCurve.Aged aged : curve.aged()) {
      PairedBlocks.Difference gap = aged.gap().kappa();
      lines.add(
          new DecayLine(
              aged.age().text(),
              aged.frozenAt(),
              aged.trained(),
              aged.twin().instances(),
              aged.twin().accuracy(),
              aged.twin().kappa(),
              gap.value(),
              gap.low(),
              gap.high()));
    }
    return lines;
  }
}

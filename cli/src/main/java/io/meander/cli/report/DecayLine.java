/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Figure;
import io.meander.models.Score;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A line of the decay curve: what was served, or the twin of one age.
 *
 * @param age as it was asked for; {@code live} of what was served
 * @param frozenAtOrNull null of what was served
 * @param trained instances the twins had learned; 0 of what was served
 * @param figures those that predictors are compared by
 * @param gap how much better what was served is than the twin, by the figure to look at first; NaN
 *     of what was served
 * @param low lower end of its 95% interval; NaN if there were too few labels
 */
public record DecayLine(
    String age,
    Instant frozenAtOrNull,
    long trained,
    long instances,
    Map<Figure, Double> figures,
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
            figures(curve, live),
            Double.NaN,
            Double.NaN,
            Double.NaN));
    for (DecayCurve.Aged aged : curve.aged()) {
      PairedBlocks.Difference gap = aged.gap().gain(curve.task().lead());
      lines.add(
          new DecayLine(
              aged.age().text(),
              aged.frozenAt(),
              aged.trained(),
              aged.twin().instances(),
              figures(curve, aged.twin()),
              gap.value(),
              gap.low(),
              gap.high()));
    }
    return lines;
  }

  private static Map<Figure, Double> figures(DecayCurve curve, Score score) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    curve.task().compared().forEach(figure -> figures.put(figure, score.figure(figure)));
    return figures;
  }
}

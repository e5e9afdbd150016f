/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench;

import java.util.Locale;
import java.util.stream.Collectors;

/** Measurements as rows of a Markdown table: medians, and ranges where they matter. */
final class MeasurementTable {

  static final String HEAD =
      """
      | scenario | source | learner | keys | design | events/s | of MOA | barrier p50 / p99 / max ms \
      | uploaded per checkpoint | allocated per event | more |
      |---|---|---|---:|---|---:|---:|---:|---:|---:|---|""";

  private MeasurementTable() {}

  static String row(Measurement m) {
    return "| "
        + String.join(
            " | ",
            m.scenario(),
            m.source(),
            m.learner() == null ? "" : m.learner(),
            "%,d".formatted(m.keys()),
            m.design(),
            m.eventsPerSecond() == null ? "" : number("%,.0f", m.eventsPerSecond().median()),
            m.ratioToMoa() == null
                ? ""
                : number("%.2f", m.ratioToMoa().median())
                    + number(" (%.2f", m.ratioToMoa().min())
                    + number("–%.2f)", m.ratioToMoa().max()),
            m.barrierMillis() == null
                ? ""
                : number("%.2f / ", m.barrierMillis().p50())
                    + number("%.2f / ", m.barrierMillis().p99())
                    + number("%.2f", m.barrierMillis().max()),
            m.barrierBytes() == null ? "" : number("%,.0f B", m.barrierBytes().median()),
            m.allocatedBytesPerEvent() == null ? "" : number("%,.0f B", m.allocatedBytesPerEvent()),
            m.figures().entrySet().stream()
                .map(figure -> figure.getKey().replace('_', ' ') + " " + figure(figure.getValue()))
                .collect(Collectors.joining(", ")))
        + " |";
  }

  private static String figure(double value) {
    return number(Math.abs(value) >= 100 ? "%,.0f" : "%.3g", value);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

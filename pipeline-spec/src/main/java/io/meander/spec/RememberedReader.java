/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.FeatureSpec.Range;
import io.meander.features.FeatureSpec.Remembered;
import io.meander.features.history.HistoryForm;
import io.meander.features.history.Stat;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Reads one feature that remembers what a key's events or labels were. */
final class RememberedReader {

  static final List<String> FORMS =
      List.of("window", "lag", "delta", "since-last", "ewma", "scaled", "frequency", "target");

  private static final int PANES = 60;
  private static final int SKETCHED_PANES = 12;
  private static final int SKETCHED_NUMBERS = 32;
  private static final int SKETCHED_REGISTERS = 128;
  private static final int WIDTH = 64;
  private static final int BUCKETS = 64;
  private static final double MEDIAN = 0.5;
  private static final double SMOOTHING = 20;

  private final SpecNode item;
  private final String form;

  /**
   * @param form of {@link #FORMS}, which the item has
   */
  private RememberedReader(SpecNode item, String form) {
    this.item = item;
    this.form = form;
  }

  /**
   * The declaration of a section that fits the JSON Schema.
   *
   * @throws IllegalArgumentException if it cannot be kept so
   */
  static Remembered read(SpecNode item, String form) {
    return new RememberedReader(item, form).read();
  }

  private Remembered read() {
    return new Remembered(
        item.at("name").text().orElse(""),
        item.at(form).text().orElse(""),
        form.equals("target") || item.at("of").text().orElse("events").equals("labels"),
        clip(),
        item.at("class").text().orElse(null),
        history());
  }

  private HistoryForm history() {
    return switch (form) {
      case "window" -> window();
      case "lag" -> new HistoryForm.Lag((int) item.at("by").number(1), false);
      case "delta" -> new HistoryForm.Lag((int) item.at("by").number(1), true);
      case "since-last" -> new HistoryForm.Since();
      case "ewma" ->
          new HistoryForm.Weighted(
              item.at("half-life").duration(null), item.at("half-life").decimal(0));
      case "scaled" ->
          new HistoryForm.Scaled(item.at("to").text().orElse("deviations").equals("deviations"));
      case "frequency" -> new HistoryForm.Seen((int) item.at("width").number(WIDTH));
      default ->
          new HistoryForm.Target(
              (int) item.at("buckets").number(BUCKETS), item.at("smoothing").decimal(SMOOTHING));
    };
  }

  private HistoryForm window() {
    Stat stat = Stat.valueOf(item.at("stat").text().orElseThrow().toUpperCase(Locale.ROOT));
    double share = item.at("quantile").decimal(MEDIAN);
    if (item.at("quantile").isPresent() && stat != Stat.QUANTILE) {
      throw new IllegalArgumentException("quantile is there, and stat is " + stat.word());
    }
    Duration last = item.at("last").duration(null);
    if (item.at("sketch").isPresent() && (last == null || !stat.isSketched())) {
      throw new IllegalArgumentException(
          "sketch is the size of a distinct's or a quantile's sketches over a time: delete it");
    }
    if (last != null && stat.isSketched()) {
      int size = stat == Stat.QUANTILE ? SKETCHED_NUMBERS : SKETCHED_REGISTERS;
      return new HistoryForm.Sketched(
          stat,
          share,
          last,
          (int) item.at("panes").number(SKETCHED_PANES),
          (int) item.at("sketch").number(size));
    }
    if (last != null) {
      return new HistoryForm.Window(stat, share, last, (int) item.at("panes").number(PANES));
    }
    if (item.at("panes").isPresent()) {
      throw new IllegalArgumentException(
          "panes cut a time, and last is a number of "
              + item.at("of").text().orElse("events")
              + ": delete panes");
    }
    return new HistoryForm.LastN(stat, share, (int) item.at("last").number(0));
  }

  private Range clip() {
    List<SpecNode> ends = item.at("clip").items();
    return ends.isEmpty() ? Range.ALL : new Range(ends.get(0).decimal(0), ends.get(1).decimal(0));
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one scenario measured of one design; what it does not measure is null. Written to JSON under
 * the names that the interface document gives.
 *
 * @param scenario what was done
 * @param design {@code meander}, {@code moa}, {@code value-state} or {@code rewrite-cache}
 * @param learner MOA option string; null where nothing learns
 * @param events learned per run
 * @param runs that the figures are taken over
 * @param barrierMillis the stall before a checkpoint's barrier
 * @param barrierBytes uploaded for a checkpoint
 * @param figures further ones of this scenario, by name with unit
 */
@JsonPropertyOrder({
  "scenario",
  "design",
  "learner",
  "keys",
  "parallelism",
  "source",
  "events",
  "runs",
  "events_per_second",
  "ratio_to_moa",
  "barrier_millis",
  "barrier_bytes",
  "latency_millis",
  "allocated_bytes_per_event",
  "figures"
})
public record Measurement(
    String scenario,
    String design,
    String learner,
    int keys,
    int parallelism,
    String source,
    long events,
    int runs,
    @JsonProperty("events_per_second") Spread eventsPerSecond,
    @JsonProperty("ratio_to_moa") Spread ratioToMoa,
    @JsonProperty("barrier_millis") Tail barrierMillis,
    @JsonProperty("barrier_bytes") Sizes barrierBytes,
    @JsonProperty("latency_millis") Tail latencyMillis,
    @JsonProperty("allocated_bytes_per_event") Double allocatedBytesPerEvent,
    Map<String, Double> figures) {

  public Measurement {
    figures = new TreeMap<>(figures);
  }

  /**
   * What a scenario measured that tells events per second, one of each run, and figures of its own.
   *
   * @param rates none if it measured no rate
   */
  public static Measurement ofRates(
      String scenario,
      String design,
      String learner,
      int keys,
      String source,
      long events,
      int runs,
      List<Double> rates,
      Map<String, Double> figures) {
    return new Measurement(
        scenario,
        design,
        learner,
        keys,
        1,
        source,
        events,
        runs,
        rates.isEmpty() ? null : Spread.of(rates),
        null,
        null,
        null,
        null,
        null,
        figures);
  }

  /** Over runs. */
  public record Spread(double min, double median, double max) {
    public static Spread of(List<Double> values) {
      double[] sorted = sorted(values);
      return new Spread(sorted[0], quantile(sorted, 0.5), sorted[sorted.length - 1]);
    }
  }

  /** Of many times, in milliseconds; p999 is null where there are too few for it. */
  public record Tail(double p50, double p99, Double p999, double max) {
    public static Tail of(List<Double> values) {
      double[] sorted = sorted(values);
      return new Tail(
          quantile(sorted, 0.5),
          quantile(sorted, 0.99),
          sorted.length < 1000 ? null : (Double) quantile(sorted, 0.999),
          sorted[sorted.length - 1]);
    }
  }

  /** In bytes. */
  public record Sizes(double median, double max) {
    public static Sizes of(List<Double> values) {
      double[] sorted = sorted(values);
      return new Sizes(quantile(sorted, 0.5), sorted[sorted.length - 1]);
    }
  }

  private static double[] sorted(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  /** The nearest rank; the mean of the middle two for the median of an even number. */
  private static double quantile(double[] sorted, double share) {
    int n = sorted.length;
    if (share == 0.5 && n % 2 == 0) {
      return (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }
    return sorted[Math.min(n - 1, Math.max(0, (int) Math.ceil(share * n) - 1))];
  }
}

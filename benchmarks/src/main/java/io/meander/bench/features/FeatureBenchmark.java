/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.features;

import com.sun.management.ThreadMXBean;
import io.meander.bench.Measurement;
import io.meander.features.FeatureInputs;
import io.meander.features.FeatureTransform;
import io.meander.features.KeyFeatures;
import io.meander.features.KeyedFeatures;
import io.meander.features.UnfitEventException;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What features cost: time and allocated bytes of an event with its label, and bytes of a key's
 * state; of fifteen features together, then of each form alone. An event is a decoded record; its
 * vector is made and completed, it is remembered, and so is its label when the flight has landed.
 * Decoding, finding the key's state and learning are not in it. One thread, whose time on a
 * processor is counted, so that other work on the machine does not count.
 */
public final class FeatureBenchmark {

  private static final int WARM_UP = 5;
  private static final double NANOS = 1e9;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final Map<String, String> FORMS = new LinkedHashMap<>();

  static {
    FORMS.put("field", "distance_miles");
    FORMS.put("cyclic, 1d", "{name: hour, cyclic: scheduled_departure, period: 1d, zone: UTC}");
    FORMS.put("cyclic, 7d", "{name: week, cyclic: scheduled_departure, period: 7d, zone: UTC}");
    FORMS.put("hashed", "{name: to, hashed: destination, buckets: 64}");
    FORMS.put("crossed", "{name: route, crossed: [origin, destination], buckets: 256}");
    FORMS.put("bucketized", "{name: length, bucketized: distance_miles, boundaries: [300, 1000]}");
    FORMS.put("log", "{name: log_miles, log: distance_miles}");
    FORMS.put("value", "{name: late_hour, value: \"scheduled_departure.getHours() >= 17\"}");
    FORMS.put("window, count 1h", "{name: busy, window: destination, stat: count, last: 1h}");
    FORMS.put("since-last", "{name: gap, since-last: destination}");
    FORMS.put("frequency", "{name: often, frequency: destination, width: 64}");
    FORMS.put(
        "window, mean 1h, labels",
        "{name: late_1h, window: arrival_delay_minutes, of: labels, stat: mean, last: 1h}");
    FORMS.put(
        "window, mean 3h, labels",
        "{name: late_3h, window: arrival_delay_minutes, of: labels, stat: mean, last: 3h}");
    FORMS.put(
        "ewma, labels", "{name: recent, ewma: arrival_delay_minutes, of: labels, half-life: 7}");
    FORMS.put("target", "{name: late_to, target: destination, smoothing: 20, buckets: 64}");
  }

  private final Path schema;
  private final Path flights;
  private final int rows;
  private final int runs;
  private final Consumer<String> progress;

  /**
   * @param flights the example's CSV file, gzipped, its schema beside it
   * @param rows of the file
   * @param runs of each measurement, after those that warm up
   * @param progress told what is about to be measured
   */
  public FeatureBenchmark(Path flights, int rows, int runs, Consumer<String> progress) {
    this.schema = flights.resolveSibling("flight.avsc");
    this.flights = flights;
    this.rows = rows;
    this.runs = runs;
    this.progress = progress;
  }

  /** All together first, then each form. */
  public void run(Consumer<Measurement> results)
      throws IOException, SpecException, UnfitEventException {
    List<String> all = List.copyOf(FORMS.values());
    PipelineSpec together = spec(all);
    FlightArrivals arrivals = FlightArrivals.read(flights, together.events().schema(), rows);
    results.accept(measure(all.size() + " features", together, arrivals));
    for (Map.Entry<String, String> form : FORMS.entrySet()) {
      results.accept(measure(form.getKey(), spec(List.of(form.getValue())), arrivals));
    }
  }

  private Measurement measure(String what, PipelineSpec spec, FlightArrivals arrivals)
      throws UnfitEventException {
    progress.accept(what);
    FeatureTransform transform = spec.featureTransform();
    KeyedFeatures keyed = spec.keyedFeatures();
    List<Double> rates = new ArrayList<>();
    double[] nanos = new double[runs];
    long allocated = 0;
    double check = Double.NaN;
    KeyFeatures[] states = new KeyFeatures[0];
    for (int run = -WARM_UP; run < runs; run++) {
      states = new KeyFeatures[arrivals.airports()];
      Arrays.setAll(states, key -> keyed.none());
      FeatureInputs[] remembered = new FeatureInputs[arrivals.flights().size()];
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long start = THREADS.getCurrentThreadCpuTime();
      double sum = pass(transform, keyed, states, remembered, arrivals);
      long took = THREADS.getCurrentThreadCpuTime() - start;
      long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (run > -WARM_UP && sum != check) {
        throw new IllegalStateException("two runs gave different features");
      }
      check = sum;
      if (run >= 0) {
        nanos[run] = (double) took / rows;
        rates.add(rows * NANOS / took);
        allocated += bytes;
      }
    }
    Arrays.sort(nanos);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("ns_per_event", nanos[runs / 2]);
    figures.put("columns", (double) transform.schema().size());
    if (keyed.remember()) {
      int[] sizes = Arrays.stream(states).mapToInt(state -> state.write().length).toArray();
      figures.put("state_bytes_mean", Arrays.stream(sizes).average().orElseThrow());
      figures.put("state_bytes_max", (double) Arrays.stream(sizes).max().orElseThrow());
      figures.put("state_bytes_bound", (double) keyed.maxBytes());
    }
    return new Measurement(
        "features: " + what,
        "meander",
        null,
        arrivals.airports(),
        1,
        "flights",
        rows,
        runs,
        Measurement.Spread.of(rates),
        null,
        null,
        null,
        null,
        (double) allocated / runs / rows,
        figures);
  }

  /** Once over all arrivals; returns a sum over all that was made, so that nothing is left out. */
  private static double pass(
      FeatureTransform transform,
      KeyedFeatures keyed,
      KeyFeatures[] states,
      FeatureInputs[] remembered,
      FlightArrivals arrivals)
      throws UnfitEventException {
    boolean keeps = keyed.keepEventInputs();
    double sum = 0;
    for (int step : arrivals.order()) {
      int flight = step >= 0 ? step : ~step;
      KeyFeatures state = states[arrivals.keys()[flight]];
      var event = arrivals.flights().get(flight);
      if (step >= 0) {
        FeatureInputs inputs = keyed.eventInputs(event);
        double[] vector = state.complete(transform.apply(event), inputs, arrivals.times()[flight]);
        remembered[flight] = keeps ? inputs : FeatureInputs.NONE;
        for (double value : vector) {
          sum += Double.isNaN(value) ? 1 : value;
        }
      } else {
        FeatureInputs inputs = remembered[flight].withLabel(keyed.labelInputs(event));
        state.label(inputs, arrivals.landings()[flight]);
      }
    }
    return sum;
  }

  private PipelineSpec spec(List<String> features) throws SpecException {
    String yaml =
        """
        name: flights
        task: classification
        events:
          topic: flights
          schema: "%s"
          key: [origin]
          id: flight_id
          time: {field: scheduled_departure}
        label:
          field: arrival_delay_minutes
          above: 15
          classes: ["no", "yes"]
          outcome: [arrival_delay_minutes]
        features:
        %s
        slots:
          - {id: ht, learner: "trees.HoeffdingTree"}
        """
            .formatted(
                schema.toAbsolutePath(),
                String.join("\n", features.stream().map(feature -> "  - " + feature).toList()));
    return SpecLoader.parse(yaml, file -> Files.readString(Path.of(file)));
  }
}

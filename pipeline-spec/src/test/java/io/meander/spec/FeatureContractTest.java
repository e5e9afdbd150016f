/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.features.FailedTransformException;
import io.meander.features.FeatureInputs;
import io.meander.features.FeatureSchema;
import io.meander.features.LayoutFeatures;
import io.meander.features.LayoutMemory;
import io.meander.features.history.Stat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a feature of every form keeps to, whatever it computes: the same records give the same
 * values and the same bytes; what is missing gives a value that is defined; stored and read, its
 * memory goes on as if it had not been; it takes no more bytes than it says; and nothing of a label
 * is in a value before that label has come.
 */
class FeatureContractTest {

  private static final int EVENTS = 300;
  private static final long STEP = 20_000;
  private static final long LONGEST_WAIT = 600_000;
  private static final Schema SCHEMA = new Schema.Parser().parse(Payments.SCHEMA);

  /** One or more features of each form, by its key. */
  private static final Map<String, List<String>> EXAMPLES =
      Map.ofEntries(
          example("field", "{name: f, field: amount}"),
          example(
              "nominal",
              "{nominal: merchant, values: [m0, m1], unknown: other}",
              "{nominal: kind, values: [CARD, CASH]}"),
          example(
              "hashed",
              "{hashed: merchant, buckets: 8}",
              "{hashed: merchant, buckets: 8, as: columns}",
              "{hashed: merchant, buckets: 8, as: signed}"),
          example("cyclic", "{cyclic: at, period: 1d, zone: Europe/Berlin}"),
          example(
              "value",
              "{name: f, value: 'amount * 2.0'}",
              "{name: f, value: 'merchant', values: [m0, m1], unknown: other}"),
          example("log", "{log: amount, plus: 1}"),
          example("clipped", "{clipped: amount, min: 0, max: 100}"),
          example("bucketized", "{bucketized: amount, boundaries: [1, 10, 100]}"),
          example("crossed", "{name: f, crossed: [merchant, kind], buckets: 16}"),
          example("geo", "{name: f, geo: [amount, amount], level: 5, buckets: 16}"),
          example(
              "calendar",
              "{calendar: at, part: hour}",
              "{calendar: at, part: weekday}",
              "{calendar: at, part: month, zone: Asia/Tokyo}"),
          example(
              "ngrams",
              "{ngrams: merchant, n: 2, buckets: 8}",
              "{ngrams: merchant, unit: words, n: 1, buckets: 8}"),
          example(
              "transform",
              "{name: f, transform: distance-from-last, fields: [amount, amount, at]}"),
          example("window", windows()),
          example("lag", "{name: f, lag: amount}", "{name: f, lag: loss, of: labels, by: 3}"),
          example("delta", "{name: f, delta: amount, by: 2}"),
          example("since-last", "{name: f, since-last: merchant}"),
          example(
              "ewma",
              "{name: f, ewma: amount, half-life: 5m}",
              "{name: f, ewma: loss, of: labels, half-life: 10}"),
          example("scaled", "{name: f, scaled: amount, to: range}", "{name: f, scaled: amount}"),
          example("frequency", "{name: f, frequency: merchant, width: 16}"),
          example("target", "{name: f, target: merchant, buckets: 8, class: \"true\"}"));

  private static Map.Entry<String, List<String>> example(String form, String... features) {
    return Map.entry(form, List.of(features));
  }

  /** Every statistic, over a time and over numbers, of events and of labels. */
  private static String[] windows() {
    List<String> windows = new ArrayList<>();
    for (Stat stat : Stat.values()) {
      String name = stat.name().toLowerCase(Locale.ROOT);
      windows.add("{name: f, window: amount, stat: %s, last: 10m}".formatted(name));
      windows.add("{name: f, window: loss, of: labels, stat: %s, last: 1h}".formatted(name));
      if (!stat.isCount()) {
        windows.add("{name: f, window: loss, of: labels, stat: %s, last: 12}".formatted(name));
      }
    }
    return windows.toArray(String[]::new);
  }

  /** Each as it is, and with what is missing filled in and flagged. */
  static List<String> features() throws SpecException {
    List<String> features = new ArrayList<>();
    for (String feature : EXAMPLES.values().stream().flatMap(List::stream).toList()) {
      features.add(feature);
      if (spec(feature).featureTransform().schema().columns().get(0).values().isEmpty()) {
        features.add(feature.replace("}", ", missing: mean, flag-missing: true}"));
        features.add(feature.replace("}", ", missing: last}"));
      } else {
        features.add(feature.replace("}", ", flag-missing: true}"));
      }
    }
    return features;
  }

  @Test
  void everyFormHasAnExample() {
    assertThat(EXAMPLES.keySet()).containsExactlyInAnyOrderElementsOf(FeatureForms.names());
  }

  @ParameterizedTest
  @MethodSource("features")
  void valuesAndBytesAreTheSameThroughAnyStoringAndAreDefinedAndBounded(String feature)
      throws Exception {
    PipelineSpec spec = spec(feature);
    List<FeatureSchema.Column> columns = spec.featureTransform().schema().columns();
    int maxBytes = spec.keyedFeatures().maxBytes();
    List<Arrival> arrivals = arrivals(1);
    Run undisturbed = new Run(spec);
    Run disturbed = new Run(spec);
    Random random = new Random(2);
    for (Arrival arrival : arrivals) {
      double[] values = undisturbed.take(arrival);
      assertThat(disturbed.take(arrival)).isEqualTo(values);
      for (int c = 0; values != null && c < values.length; c++) {
        int nominal = columns.get(c).values().size();
        assertThat(values[c]).matches(v -> Double.isNaN(v) || isOf(v, nominal), "defined");
      }
      if (random.nextInt(5) == 0) {
        byte[] bytes = disturbed.bytes();
        assertThat(bytes.length).isLessThanOrEqualTo(maxBytes);
        disturbed.restore(bytes);
        assertThat(disturbed.bytes()).isEqualTo(bytes);
      }
    }
    assertThat(disturbed.bytes()).isEqualTo(undisturbed.bytes());
  }

  /**
   * Labels that come after some moment come in another order, at other times, as other labels or
   * never: what events of before that moment saw is the same.
   */
  @ParameterizedTest
  @MethodSource("features")
  void noValueKnowsALabelThatHasNotCome(String feature) throws Exception {
    PipelineSpec spec = spec(feature);
    boolean differed = false;
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      List<Arrival> arrivals = arrivals(seed);
      long moment = STEP * (1 + random.nextInt(EVENTS));
      List<double[]> before = new ArrayList<>();
      List<double[]> after = new ArrayList<>();
      values(spec, arrivals, moment, before, after);
      List<double[]> alsoBefore = new ArrayList<>();
      List<double[]> otherAfter = new ArrayList<>();
      values(spec, shuffled(arrivals, moment, random), moment, alsoBefore, otherAfter);

      assertThat(alsoBefore.size()).isEqualTo(before.size());
      for (int i = 0; i < before.size(); i++) {
        assertThat(alsoBefore.get(i)).isEqualTo(before.get(i));
      }
      differed |=
          IntStream.range(0, after.size())
              .anyMatch(i -> !Arrays.equals(after.get(i), otherAfter.get(i)));
    }
    assertThat(differed).as("labels matter to it").isEqualTo(isOfLabels(feature));
  }

  /** A record of an event, or of its label. */
  private record Arrival(GenericRecord record, boolean label, long time) {}

  /** Events, each with its label a while later, in the order of their times. */
  private static List<Arrival> arrivals(int seed) {
    Random random = new Random(seed);
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 1; i <= EVENTS; i++) {
      GenericRecord event = new GenericData.Record(SCHEMA);
      long time = STEP * i - random.nextInt((int) STEP / 2);
      event.put("id", "p" + i);
      event.put("at", time);
      event.put("merchant", "m" + random.nextInt(5));
      event.put("amount", amount(random));
      event.put(
          "kind",
          new GenericData.EnumSymbol(
              SCHEMA.getField("kind").schema(), random.nextBoolean() ? "CARD" : "CASH"));
      event.put("fraud", random.nextInt(4) == 0);
      event.put("loss", random.nextInt(1000));
      arrivals.add(new Arrival(event, false, time));
      arrivals.add(new Arrival(event, true, time + 1 + random.nextInt((int) LONGEST_WAIT)));
    }
    return inOrder(arrivals);
  }

  private static Double amount(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> null;
      case 1 -> Double.NaN;
      case 2 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
      case 3 -> random.nextGaussian() * 1e9;
      case 4 -> 0.0;
      default -> (double) random.nextInt(100);
    };
  }

  private static List<Arrival> inOrder(List<Arrival> arrivals) {
    List<Arrival> ordered = new ArrayList<>(arrivals);
    ordered.sort((a, b) -> Long.compare(a.time(), b.time()));
    return ordered;
  }

  /** With the labels from the moment on in other places. */
  private static List<Arrival> shuffled(List<Arrival> arrivals, long moment, Random random) {
    List<Arrival> changed = new ArrayList<>();
    for (Arrival arrival : arrivals) {
      if (!arrival.label() || arrival.time() < moment) {
        changed.add(arrival);
      } else if (random.nextInt(3) > 0) {
        GenericRecord other = new GenericData.Record((GenericData.Record) arrival.record(), true);
        other.put("loss", random.nextInt(1000));
        other.put("fraud", random.nextBoolean());
        changed.add(new Arrival(other, true, moment + random.nextInt((int) LONGEST_WAIT)));
      }
    }
    return inOrder(changed);
  }

  private static void values(
      PipelineSpec spec,
      List<Arrival> arrivals,
      long moment,
      List<double[]> before,
      List<double[]> after)
      throws Exception {
    Run run = new Run(spec);
    for (Arrival arrival : arrivals) {
      double[] values = run.take(arrival);
      if (values != null) {
        (arrival.time() < moment ? before : after).add(values.clone());
      }
    }
  }

  /** One key's features, record by record. */
  private static final class Run {

    final LayoutFeatures features;
    LayoutMemory memory;

    Run(PipelineSpec spec) {
      features = spec.features(spec.layout());
      memory = features.none();
    }

    void restore(byte[] bytes) throws Exception {
      memory = features.remember() ? features.read(bytes) : memory;
    }

    /** An event's values; null of a label, and of an event on which the feature failed. */
    double[] take(Arrival arrival) throws Exception {
      FeatureInputs inputs = features.eventInputs(arrival.record());
      if (arrival.label()) {
        memory.label(inputs.withLabel(features.labelInputs(arrival.record())), arrival.time());
        return null;
      }
      double[] values = features.apply(arrival.record());
      if (!features.remember()) {
        return values;
      }
      byte[] past = features.mayFail() ? memory.write() : null;
      try {
        return memory.complete(values, inputs, arrival.time());
      } catch (FailedTransformException e) {
        assertThat(memory.write()).isEqualTo(past);
        return null;
      }
    }

    byte[] bytes() {
      return features.remember() ? memory.write() : new byte[0];
    }
  }

  private static boolean isOf(double value, int nominal) {
    return nominal == 0
        ? Double.isFinite(value)
        : value == Math.rint(value) && value >= 0 && value < nominal;
  }

  private static boolean isOfLabels(String feature) {
    return feature.contains("of: labels") || feature.contains("target:");
  }

  private static PipelineSpec spec(String feature) throws SpecException {
    return Payments.parse(Payments.SPEC + "features-budget: 64KB\nfeatures: [" + feature + "]\n");
  }
}

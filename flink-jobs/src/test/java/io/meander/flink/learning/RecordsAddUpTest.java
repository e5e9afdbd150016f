/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.flink.RawRecord;
import io.meander.flink.TestPipelines;
import io.meander.flink.events.ArrivalReader;
import io.meander.flink.events.RejectReason;
import io.meander.flink.events.UnfitRecordException;
import io.meander.models.Arrival;
import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Records as they come, good and bad ones: nulls where the key, the id, the time or the label
 * should be, unknown classes, weights that are none, bytes that are no record, ids that come again,
 * labels before, after, twice and without their events, in any order. Through evictions,
 * checkpoints, restores, rescalings, bounds on what waits and keys that are forgotten, every event
 * has one prediction or one reject, every label one outcome or one reject, and every prediction one
 * end.
 */
class RecordsAddUpTest {

  private static final int EVENTS = 250;
  private static final long WAIT = 6400;

  /** Far beyond two waits after the last record. */
  private static final long END = 10_000_000;

  private static final String YAML =
      """
      name: adds-up
      events: {topic: points, schema: event.avsc, key: [k], id: id, time: {field: t}}
      label: {topic: truths, schema: label.avsc, key: [k], id: id, field: y, time: {field: t},
              classes: ["no", "yes"], wait: 6400ms, otherwise: %s, corrections: %s,
              max-waiting-per-key: %d, max-waiting: %d}
      features: [x, {name: past, window: x, stat: mean, last: 10}]
      slots: [{id: ht, learner: trees.HoeffdingTree -g 20}, {id: nb, learner: bayes.NaiveBayes}]
      weight: {field: w, class: {"yes": 2}}
      serve: {%s}
      drift: {detector: ADWINChangeDetector -a 0.5, on-drift: reset}
      expire-after: %s
      """;

  private static final Schema EVENT =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Event", "fields": [
                {"name": "id", "type": ["null", "string"]},
                {"name": "k", "type": ["null", "string"]},
                {"name": "t", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
                {"name": "x", "type": ["null", "double"]},
                {"name": "w", "type": ["null", "double"]}]}
              """);

  private static final Schema LABEL =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Label", "fields": [
                {"name": "id", "type": ["null", "string"]},
                {"name": "k", "type": ["null", "string"]},
                {"name": "t", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
                {"name": "y", "type": ["null", "string"]}]}
              """);

  private static final Set<RejectReason> REASONS = EnumSet.noneOf(RejectReason.class);
  private static final Map<LabelOutcome, Integer> OUTCOMES = new EnumMap<>(LabelOutcome.class);

  record Schedule(long seed, int keys, long cacheBytes, List<Integer> stages, int max) {

    PipelineSpec spec() {
      try {
        return SpecLoader.parse(
            YAML.formatted(
                bit(1) ? "drop" : "\"no\"",
                bit(2) ? "train" : "reject",
                bit(3) ? 4 : 1000,
                max,
                bit(4) ? "policy: best, min-evidence: 10" : "policy: champion, champion: ht",
                bit(5) ? "never" : "3200ms"),
            path -> (path.startsWith("event") ? EVENT : LABEL).toString());
      } catch (SpecException e) {
        throw new IllegalStateException(e);
      }
    }

    private boolean bit(int at) {
      return new SplittableRandom(seed + at).nextBoolean();
    }
  }

  @AfterContainer
  static void allKindsOfRecordsWereSeen() {
    assertThat(REASONS)
        .contains(
            RejectReason.TOMBSTONE,
            RejectReason.MALFORMED_AVRO,
            RejectReason.MISSING_KEY,
            RejectReason.MISSING_ID,
            RejectReason.NO_EVENT_TIME,
            RejectReason.BAD_WEIGHT,
            RejectReason.NO_LABEL,
            RejectReason.UNKNOWN_CLASS);
    assertThat(OUTCOMES).containsOnlyKeys(LabelOutcome.values());
    assertThat(OUTCOMES.values()).allMatch(count -> count >= 50);
  }

  @Property(tries = 60, seed = "2001", shrinking = ShrinkingMode.OFF)
  void everyEventHasOnePredictionOrOneRejectAndEveryLabelOneOutcome(
      @ForAll("schedules") Schedule schedule) throws Exception {
    PipelineSpec spec = schedule.spec();
    List<RawRecord> records = records(schedule);
    ArrivalReader reader = new ArrivalReader(spec);
    List<Arrival> arrivals = new ArrayList<>();
    int rejects = 0;
    for (RawRecord record : records) {
      try {
        arrivals.add(reader.read(record));
      } catch (UnfitRecordException e) {
        REASONS.add(e.reason());
        rejects++;
      }
    }
    assertThat(arrivals.size() + rejects).isEqualTo(records.size());

    addUp(arrivals, run(schedule, spec, arrivals));
  }

  private static void addUp(List<Arrival> arrivals, List<Step> steps) {
    Set<Long> predicted = new HashSet<>();
    Set<Long> ended = new HashSet<>();
    Map<LabelOutcome, Integer> counts = new EnumMap<>(LabelOutcome.class);
    int answers = 0;
    int repeated = 0;
    int scores = 0;
    for (Step step : steps) {
      if (step.answer() != null) {
        answers++;
        if (step.repeated()) {
          repeated++;
        } else {
          assertThat(predicted.add(step.sequence())).isTrue();
        }
      }
      scores += step.allScored().size();
      for (LabelResult label : step.labels()) {
        counts.merge(label.outcome(), 1, Integer::sum);
        boolean ends =
            switch (label.outcome()) {
              case IN_TIME, EARLY, NEVER -> true;
              case LATE, DUPLICATE, CORRECTED, UNMATCHED -> false;
            };
        if (ends) {
          assertThat(ended.add(label.event())).as("ends once").isTrue();
        }
        boolean givenUp =
            label.outcome() == LabelOutcome.NEVER || label.outcome() == LabelOutcome.UNMATCHED;
        assertThat(label.givenUpOrNull() != null).isEqualTo(givenUp);
        assertThat(label.scoredOrNull() == null || ends).isTrue();
      }
    }
    long events = arrivals.stream().filter(Observation.class::isInstance).count();
    assertThat(answers).isEqualTo(events);
    assertThat(predicted).hasSize(answers - repeated);
    assertThat(ended).isEqualTo(predicted);
    int outcomes = counts.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(outcomes - counts.getOrDefault(LabelOutcome.NEVER, 0))
        .isEqualTo(arrivals.size() - events);
    assertThat(scores)
        .isBetween(
            counts.getOrDefault(LabelOutcome.IN_TIME, 0)
                + counts.getOrDefault(LabelOutcome.EARLY, 0),
            ended.size());
    counts.forEach((outcome, count) -> OUTCOMES.merge(outcome, count, Integer::sum));
  }

  private static List<Step> run(Schedule schedule, PipelineSpec spec, List<Arrival> arrivals)
      throws Exception {
    Random random = new Random(schedule.seed());
    LearningOptions options =
        new LearningOptions(LearningOptions.Publish.AT_END, schedule.cacheBytes());
    List<Step> steps = new ArrayList<>();
    TestJob job = new TestJob(spec, options);
    long watermark = 0;
    List<Integer> stages = schedule.stages();
    for (int stage = 0; stage < stages.size(); stage++) {
      job.start(stages.get(stage));
      for (Arrival arrival : TestJob.part(arrivals, stage, stages.size())) {
        watermark = Math.max(watermark, arrival.time() - 1);
        for (TestTask each : job.tasks()) {
          each.watermark(watermark);
        }
        TestTask task = job.task(arrival.key());
        task.send(arrival);
        if (random.nextInt(30) == 0) {
          task.checkpoint(1);
        }
      }
      boolean last = stage == stages.size() - 1;
      if (!last) {
        job.checkpoint(2);
      }
      for (TestTask task : job.tasks()) {
        if (last) {
          task.watermark(END);
          task.flush();
          assertThat(task.storedWaits()).isZero();
          assertThat(task.eventTimeTimers()).isZero();
        }
        steps.addAll(task.steps());
      }
    }
    job.close();
    return steps;
  }

  /** Events 100 ms apart and their labels, shaken, a tenth of them spoilt. */
  private static List<RawRecord> records(Schedule schedule) {
    record Timed(RawRecord.Kind kind, byte[] value, double at) {}
    Random random = new Random(schedule.seed() + 1);
    List<Timed> timed = new ArrayList<>();
    String lastId = null;
    String lastKey = null;
    for (int i = 0; i < EVENTS; i++) {
      long time = 20_000 + 100L * i;
      boolean again = lastId != null && random.nextInt(15) == 0;
      String id = again ? lastId : "e" + i;
      String key = again ? lastKey : "k" + random.nextInt(schedule.keys());
      GenericRecord event = new GenericData.Record(EVENT);
      event.put("id", spoilt(random) ? null : id);
      event.put("k", spoilt(random) ? null : key);
      event.put("t", spoilt(random) ? null : (Object) time);
      event.put("x", random.nextInt(10) == 0 ? (Object) Double.NaN : random.nextDouble());
      event.put("w", weight(random));
      timed.add(new Timed(RawRecord.Kind.EVENT, bytes(event, random), shaken(time, random)));
      for (int l = random.nextInt(4) == 0 ? random.nextInt(4) : 1; l > 0; l--) {
        long known =
            Math.max(0, time + (long) ((random.nextInt(4) * random.nextDouble() - 0.3) * WAIT));
        GenericRecord label = new GenericData.Record(LABEL);
        label.put("id", spoilt(random) ? null : random.nextInt(15) == 0 ? "of-none" + i : id);
        label.put("k", spoilt(random) ? null : key);
        label.put("t", spoilt(random) ? null : (Object) known);
        label.put("y", spoilt(random) ? null : spoilt(random) ? "maybe" : truth(random));
        timed.add(new Timed(RawRecord.Kind.LABEL, bytes(label, random), shaken(known, random)));
      }
      lastId = id;
      lastKey = key;
    }
    timed.sort(Comparator.comparingDouble(Timed::at));
    List<RawRecord> records = new ArrayList<>();
    for (Timed record : timed) {
      long number = records.size();
      records.add(
          new RawRecord(
              "t", 0, number, number, null, record.value(), number, null, record.kind(), number));
    }
    return records;
  }

  private static double shaken(long time, Random random) {
    return time + 400 * random.nextDouble();
  }

  private static boolean spoilt(Random random) {
    return random.nextInt(50) == 0;
  }

  private static String truth(Random random) {
    return random.nextBoolean() ? "yes" : "no";
  }

  private static Object weight(Random random) {
    List<Double> bad = Arrays.asList(null, Double.NaN, -1.0, 0.0, Double.POSITIVE_INFINITY);
    return spoilt(random)
        ? bad.get(random.nextInt(bad.size()))
        : (Object) (1 + random.nextDouble());
  }

  private static byte[] bytes(GenericRecord record, Random random) {
    byte[] whole = TestPipelines.bytes(record);
    return switch (random.nextInt(60)) {
      case 0 -> null;
      case 1 -> Arrays.copyOf(whole, whole.length / 2);
      default -> whole;
    };
  }

  @Provide
  Arbitrary<Schedule> schedules() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 8),
            Arbitraries.of(1L, 1L << 30),
            Arbitraries.integers().between(1, 3).list().ofMinSize(1).ofMaxSize(4),
            Arbitraries.of(6, 25, 100_000))
        .as(Schedule::new);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ModelUpdate;
import io.meander.flink.SpecVariants;
import io.meander.models.Directive;
import io.meander.models.Fold;
import io.meander.models.FollowedSet;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.ModelSetCodec;
import io.meander.models.Observation;
import io.meander.models.Reducer;
import io.meander.models.Replay;
import io.meander.models.Slot;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Fold equals fold: whatever drifts, commands, evictions, failures, rescalings and expiries a
 * schedule brings, who follows the updates that completed checkpoints committed has, in canonical
 * form, the model sets of the last of these checkpoints. One that begins to read in the middle has
 * them from each key's next image, or its next life, on, and never another set before.
 */
class FollowedSchedulesTest {

  private static final List<String> KEYS = List.of("k0", "k1", "k2");
  private static final Duration IMAGES = Duration.ofSeconds(3);

  private static int compared;
  private static int asked;
  private static int waits;
  private static int recovered;
  private static int failures;
  private static int rescalings;
  private static int forgotten;

  /** Schedules in which nothing happens would prove nothing. */
  @AfterContainer
  static void everythingHappened() {
    assertThat(compared).isGreaterThan(400);
    assertThat(asked).isGreaterThan(1000);
    assertThat(waits).isGreaterThan(10);
    assertThat(recovered).isGreaterThan(5);
    assertThat(failures).isGreaterThan(30);
    assertThat(rescalings).isGreaterThan(20);
    assertThat(forgotten).isGreaterThan(8);
  }

  @Property(tries = 10, seed = "1812", shrinking = ShrinkingMode.OFF)
  void followersEqualTheLastCompletedCheckpoint(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    PipelineSpec spec = spec(random);
    followersEqual(spec, ControlSchedulesTest.script(spec, random), random);
  }

  @Property(tries = 3, seed = "1813", shrinking = ShrinkingMode.OFF)
  void followersOfNumbersAndOfScoresToo(@ForAll long seed) throws Exception {
    for (Task task : List.of(Task.REGRESSION, Task.ANOMALY)) {
      Random random = new Random(seed);
      List<Object> script = new ArrayList<>();
      for (Observation event : LearningOperatorTest.events(600, KEYS.size())) {
        double[] point = event.features();
        boolean labelled = random.nextInt(10) > 0;
        double label = task == Task.REGRESSION ? point[0] * (event.label() + 1) : event.label();
        script.add(
            new Observation(
                event.sequence(),
                event.eventId(),
                event.key(),
                event.time(),
                point,
                labelled ? label : Observation.NO_LABEL,
                event.slices()));
      }
      followersEqual(spec(task), script, random);
    }
  }

  private static void followersEqual(PipelineSpec spec, List<Object> script, Random random)
      throws Exception {
    Job job = new Job(spec, random);
    Follower whole = new Follower(spec, 0);
    Follower other = new Follower(spec, 0);
    for (Object next : script) {
      job.pass(random.nextInt(150) == 0 ? 60_000 : random.nextInt(100));
      switch (random.nextInt(60)) {
        case 0, 1, 2, 3 -> {
          job.checkpoint();
          whole.read(job.committed);
          whole.compare(job, true);
          other.read(job.committed);
          other.compare(job, other.from == 0);
          ask(whole, random);
        }
        case 4 -> job.fail();
        case 5 -> job.rescale(1 + random.nextInt(3));
        case 6 -> // killed, and started elsewhere in the topic
            other =
                new Follower(spec, random.nextInt(2) * random.nextInt(job.committed.size() + 1));
        default -> {}
      }
      job.handle(next);
    }
    job.checkpoint();
    whole.read(job.committed);
    whole.compare(job, true);
    job.close();
  }

  /** Questions and images of its own change nothing. */
  private static void ask(Follower follower, Random random) throws Exception {
    for (FollowedSet followed : follower.sets.values()) {
      if (!followed.isKnown()) {
        continue;
      }
      switch (random.nextInt(4)) {
        case 0 -> followed.fold();
        case 1 -> followed.unload();
        default -> {
          ModelSet set = followed.set();
          for (Slot slot : set.slots()) {
            double[] point = {random.nextDouble(), random.nextDouble()};
            double[] votes = follower.fold.vote(set, slot.id(), point).votes();
            assertThat(votes).doesNotContain(Double.NaN);
            asked += votes.length;
          }
        }
      }
    }
  }

  private static PipelineSpec spec(Random random) {
    Duration expireAfter = random.nextInt(3) == 0 ? null : Duration.ofSeconds(20);
    return SpecVariants.with(
        LearningOperatorTest.spec(
            Duration.ofMillis(random.nextBoolean() ? 1 : 1000), null, expireAfter),
        "snapshots",
        new PipelineSpec.Snapshots(
            20, Duration.ofSeconds(1), true, 1000, null, 1, new PipelineSpec.Updates("u", IMAGES)));
  }

  private static PipelineSpec spec(Task task) throws SpecException {
    String yaml =
        """
        name: points
        task: %s
        events: {topic: points, schema: point.avsc, key: [k], id: id}
        label: {field: %s}
        features: [x, y]
        slots:
          - {id: one, learner: "%s"}
          - {id: other, learner: "%s"}
        serve: {champion: one}
        drift: {detector: "ADWINChangeDetector -a 0.3", on-drift: %s}
        snapshots: {deltas: true, images: 3s}
        recovery: {max-load: 1ms}
        """;
    String schema =
        """
        {"type": "record", "name": "Point", "fields": [
          {"name": "id", "type": "string"}, {"name": "k", "type": "string"},
          {"name": "z", "type": ["null", "double"]}, {"name": "odd", "type": ["null", "boolean"]},
          {"name": "x", "type": "double"}, {"name": "y", "type": "double"}]}
        """;
    return SpecLoader.parse(
        task == Task.REGRESSION
            ? yaml.formatted(
                "regression", "z", "trees.FIMTDD -g 30", "rules.AMRulesRegressor", "switch")
            : yaml.formatted(
                "anomaly",
                "odd",
                "oneclass.HSTrees -p 50 -t 3 -h 5",
                "oneclass.Autoencoder",
                "reset"),
        path -> schema);
  }

  /** Reads committed updates from some place in their topic on. */
  private static final class Follower {
    final int from;
    final Map<String, FollowedSet> sets = new HashMap<>();
    private final ModelContext context;
    private final Fold fold;
    private final Set<String> gaps = new HashSet<>();
    private int read;

    Follower(PipelineSpec spec, int from) {
      this.from = from;
      this.read = from;
      this.context = spec.modelContext();
      this.fold = new Fold(context);
    }

    void read(List<ModelUpdate> topic) {
      for (; read < topic.size(); read++) {
        take(topic.get(read));
      }
    }

    private void take(ModelUpdate update) {
      String key = update.getKey();
      FollowedSet set = sets.computeIfAbsent(key, k -> new FollowedSet(k, () -> fold));
      ByteBuffer payload = update.getPayload();
      byte[] bytes = new byte[payload.remaining()];
      payload.duplicate().get(bytes);
      switch (update.getKind()) {
        case IMAGE -> set.image(update.getPosition(), () -> bytes);
        case FACTS -> set.chunk(update.getPosition(), update.getFacts(), () -> bytes);
        case FORGOTTEN -> {
          set.forgotten();
          forgotten++;
        }
        default -> throw new AssertionError(update);
      }
      if (set.isGap()) {
        gaps.add(key);
      } else if (set.isKnown() && gaps.remove(key)) {
        recovered++;
      }
    }

    void compare(Job job, boolean sawAll) throws Exception {
      for (String key : KEYS) {
        ModelSet expected = stored(job.task(key), key);
        boolean born = expected.position() > 0;
        FollowedSet actual = sets.get(key);
        if (actual == null || !actual.isKnown()) {
          waits += born ? 1 : 0;
          assertThat(born && sawAll).as("key %s is lost", key).isFalse();
        } else {
          assertThat(actual.position()).isEqualTo(expected.position());
          assertThat(fold.canonical(actual.set())).isEqualTo(fold.canonical(expected));
          compared++;
        }
      }
    }

    /** As the checkpoint has it: image and log. */
    private ModelSet stored(TestTask task, String key) throws Exception {
      byte[] image = task.image(key);
      ModelSet set =
          image == null
              ? new ModelSet(key, context.target())
              : new ModelSetCodec(context).read(key, image).set();
      new Replay(context, new Reducer(context)).run(set, task.log(key));
      return set;
    }
  }

  /** A job, and what its checkpoints committed. */
  private static final class Job {
    final List<ModelUpdate> committed = new ArrayList<>();
    private final TestJob job;
    private final List<Integer> sent = new ArrayList<>();
    private long checkpoint;
    private long time = 100_000;

    Job(PipelineSpec spec, Random random) throws Exception {
      job =
          new TestJob(
              spec,
              new LearningOptions(
                  LearningOptions.Publish.WHEN_DUE, random.nextBoolean() ? 1 : 1 << 30));
      start(1);
    }

    TestTask task(String key) {
      return job.task(key);
    }

    void pass(long millis) throws Exception {
      time += millis;
      for (TestTask task : job.tasks()) {
        task.setProcessingTime(time);
      }
    }

    void handle(Object next) throws Exception {
      if (next instanceof Observation event) {
        task(event.key()).send(event);
      } else if (next instanceof ControlSchedulesTest.Sent sent) {
        for (TestTask task : job.tasks()) {
          task.tell(sent.message());
        }
        for (Directive directive : sent.directives()) {
          task(directive.key()).direct(directive);
        }
      }
    }

    void checkpoint() throws Exception {
      job.checkpoint(++checkpoint);
      for (int i = 0; i < sent.size(); i++) {
        List<ModelUpdate> all = job.tasks().get(i).updates();
        committed.addAll(all.subList(sent.get(i), all.size()));
        sent.set(i, all.size());
      }
    }

    void rescale(int parallelism) throws Exception {
      checkpoint();
      failTo(parallelism);
      rescalings++;
    }

    void fail() throws Exception {
      failTo(job.tasks().size());
    }

    /** What was sent since the last checkpoint is in a transaction that never ends. */
    private void failTo(int parallelism) throws Exception {
      start(parallelism);
      failures++;
    }

    private void start(int parallelism) throws Exception {
      job.start(parallelism);
      sent.clear();
      sent.addAll(Collections.nCopies(parallelism, 0));
      pass(0);
    }

    void close() {
      job.close();
    }
  }
}

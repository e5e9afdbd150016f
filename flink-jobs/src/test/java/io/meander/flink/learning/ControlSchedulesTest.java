/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.avro.Deploy;
import io.meander.avro.Freeze;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.Promote;
import io.meander.avro.Reset;
import io.meander.avro.Resume;
import io.meander.avro.Rollback;
import io.meander.avro.SlotDeclaration;
import io.meander.avro.SnapshotCause;
import io.meander.flink.control.GateHarness;
import io.meander.models.Answer;
import io.meander.models.Deployment;
import io.meander.models.Directive;
import io.meander.models.Observation;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Random commands through the real gate, between random events: however what the gate sends is
 * doubled, reordered, followed by stale messages and cut by evictions, checkpoints, restores and
 * rescalings, every key answers as one task does that is told everything once and in order, and
 * ends with the same models. Lives are compared by what they learned, not by their numbers: two
 * resets that a key learns of together are one. Rollbacks bring their models: when versions are
 * published, and so kept, depends on the clock.
 */
class ControlSchedulesTest {

  private static final int KEYS = 3;
  private static final int EVENTS = 400;
  private static final List<String> LEARNERS =
      List.of("bayes.NaiveBayes", "trees.HoeffdingTree -g 20", "functions.MajorityClass");

  /** What the gate made of one command. */
  record Sent(ControlMessage message, List<Directive> directives) {}

  /** What became visible of one event. */
  private record Seen(long generation, String served, List<String> slots) {

    static Seen of(Step step) {
      Answer answer = step.answer();
      return new Seen(
          answer.generation(),
          answer.servedAnswer().slot(),
          Arrays.stream(answer.slots())
              .map(s -> s.slot() + " " + s.trainedInstances() + " " + Arrays.toString(s.votes()))
              .toList());
    }
  }

  /** A slot's model at the end. */
  private record Last(String key, String slot, long trained, ByteBuffer payload) {}

  private record Run(List<Seen> seen, List<Last> last) {}

  private static final Map<String, Integer> ACCEPTED = new TreeMap<>();

  /** A model of each learner, by its option string. */
  private static final Map<String, ModelSnapshot> MODELS = new HashMap<>();

  private static int wentBack;
  private static int paused;

  /** Schedules in which nothing is carried out would prove nothing. */
  @AfterContainer
  static void everythingWasOrdered() {
    assertThat(ACCEPTED)
        .containsOnlyKeys("deploy", "freeze", "promote", "reset", "resume", "rollback");
    assertThat(ACCEPTED.values()).allMatch(count -> count >= 15);
    assertThat(wentBack).isGreaterThan(10);
    assertThat(paused).isGreaterThan(100);
  }

  @Property(tries = 25, seed = "6006", shrinking = ShrinkingMode.OFF)
  void everyScheduleEndsInTheSameState(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    PipelineSpec spec = LearningOperatorTest.spec(Duration.ofMillis(1));
    List<Object> script = script(spec, random);
    Run expected = undisturbed(spec, script);

    Run actual = disturbed(spec, script, random);

    assertThat(actual.seen()).isEqualTo(expected.seen());
    assertThat(actual.last()).isEqualTo(expected.last());
  }

  private static void teach(PipelineSpec spec) throws Exception {
    List<SlotSpec> slots = new ArrayList<>(spec.slots());
    LEARNERS.forEach(learner -> slots.add(new SlotSpec("s" + slots.size(), learner, 1)));
    try (TestTask task = TestTask.start(spec, LearningOptions.BOUNDED)) {
      task.deploy(new Deployment(2, slots, "hat", spec.drift(), null));
      for (Observation event : LearningOperatorTest.events(40, 1)) {
        task.learn(event);
      }
      task.endOfEvents();
      task.snapshots().forEach(snapshot -> MODELS.put(snapshot.getLearner(), snapshot));
    }
  }

  /** Events, and what the gate made of commands between them. */
  static List<Object> script(PipelineSpec spec, Random random) throws Exception {
    if (MODELS.isEmpty()) {
      teach(spec);
    }
    List<Observation> events = LearningOperatorTest.events(EVENTS, KEYS);
    List<Object> script = new ArrayList<>();
    try (GateHarness gate = new GateHarness(spec)) {
      int directives = 0;
      Map<String, String> slots = new TreeMap<>();
      spec.slots().forEach(slot -> slots.put(slot.id(), slot.learner()));
      for (Observation event : events) {
        while (random.nextInt(20) == 0) {
          int messages = gate.messages().size();
          Deploy deploy = random.nextInt(5) == 0 ? deploy(random) : null;
          ControlAck ack = gate.send(c -> command(c, deploy, slots, random));
          if (!ack.getAccepted()) {
            continue;
          }
          if (deploy != null) {
            slots.clear();
            deploy.getSlots().forEach(slot -> slots.put(slot.getId(), slot.getLearner()));
          }
          List<Directive> all = gate.directives();
          script.add(
              new Sent(
                  gate.messages().get(messages), List.copyOf(all.subList(directives, all.size()))));
          directives = all.size();
        }
        script.add(event);
      }
    }
    return script;
  }

  private static void command(
      ControlCommand.Builder command,
      Deploy deployOrNull,
      Map<String, String> slots,
      Random random) {
    if (deployOrNull != null) {
      command.setDeploy(deployOrNull);
      ACCEPTED.merge("deploy", 1, Integer::sum);
      return;
    }
    String slot = List.copyOf(slots.keySet()).get(random.nextInt(slots.size()));
    switch (random.nextInt(6)) {
      case 0 -> command.setPromote(new Promote(slot));
      case 1 -> command.setFreeze(new Freeze(random.nextBoolean() ? slot : null));
      case 2, 3 -> command.setResume(new Resume(random.nextBoolean() ? slot : null));
      case 4 -> command.setReset(new Reset(slot));
      default -> {
        ModelSnapshot model = MODELS.get(slots.get(slot));
        command.setRollback(
            new Rollback(slot, 1L, model.getPayload(), null, model.getTrainedInstances()));
      }
    }
    switch (command.hasRollback() ? 1 : random.nextInt(3)) {
      case 0 -> command.setPrefix("k" + random.nextInt(KEYS));
      case 1 -> command.setKeys(List.of("k" + random.nextInt(KEYS), "unknown"));
      default -> {} // all keys
    }
    String kind =
        command.hasPromote()
            ? "promote"
            : command.hasFreeze()
                ? "freeze"
                : command.hasResume() ? "resume" : command.hasReset() ? "reset" : "rollback";
    ACCEPTED.merge(kind, 1, Integer::sum);
  }

  private static Deploy deploy(Random random) {
    List<SlotDeclaration> slots = new ArrayList<>();
    for (String id : List.of("hat", "bag", "new")) {
      if (slots.isEmpty() || random.nextInt(3) > 0) {
        String learner = LEARNERS.get(random.nextInt(LEARNERS.size()));
        slots.add(new SlotDeclaration(id, learner, 1, null, null, "restart"));
      }
    }
    if (random.nextBoolean()) {
      slots.add(0, slots.remove(slots.size() - 1));
    }
    return new Deploy(slots, slots.get(0).getId(), null, null, null, List.of());
  }

  private static Run undisturbed(PipelineSpec spec, List<Object> script) throws Exception {
    List<Seen> seen = new ArrayList<>();
    Map<String, Answer.SlotAnswer> former = new HashMap<>();
    try (TestTask task = TestTask.start(spec, LearningOptions.LIVE)) {
      for (Object next : script) {
        if (next instanceof Sent sent) {
          task.tell(sent.message());
          for (Directive directive : sent.directives()) {
            task.direct(directive);
          }
          continue;
        }
        Observation event = (Observation) next;
        Step step = task.learn(event);
        for (Answer.SlotAnswer answer : step.answer().slots()) {
          Answer.SlotAnswer before = former.put(event.key() + answer.slot(), answer);
          if (before != null && answer.trainedInstances() > 0) {
            boolean same = before.incarnation() == answer.incarnation();
            wentBack += same ? 0 : 1;
            paused += same && before.trainedInstances() == answer.trainedInstances() ? 1 : 0;
          }
        }
        seen.add(Seen.of(step));
      }
      task.endOfEvents();
      return new Run(seen, last(task.snapshots()));
    }
  }

  private static Run disturbed(PipelineSpec spec, List<Object> script, Random random)
      throws Exception {
    List<Seen> seen = new ArrayList<>();
    List<ControlMessage> past = new ArrayList<>();
    List<Sent> waiting = new ArrayList<>();
    LearningOptions options =
        new LearningOptions(LearningOptions.Publish.WHEN_DUE, random.nextBoolean() ? 1 : 1 << 30);
    TestJob job = new TestJob(spec, options);
    job.start(1);
    for (Object next : script) {
      if (next instanceof Sent sent) {
        waiting.add(sent);
        continue;
      }
      if (!waiting.isEmpty()) {
        tell(job, waiting, past, random);
        waiting.clear();
      }
      if (random.nextInt(60) == 0) {
        job.checkpoint(1);
        job.start(1 + random.nextInt(3));
      }
      Observation event = (Observation) next;
      seen.add(Seen.of(job.task(event.key()).learn(event)));
    }
    List<Last> last = last(job.end());
    job.close();
    return new Run(seen, last);
  }

  /** Each task gets every message, in any order, some twice, old ones between, and its keys'. */
  private static void tell(TestJob job, List<Sent> sent, List<ControlMessage> past, Random random)
      throws Exception {
    sent.forEach(one -> past.add(one.message()));
    for (TestTask task : job.tasks()) {
      List<Object> queue = new ArrayList<>();
      sent.forEach(one -> queue.add(one.message()));
      for (int i = random.nextInt(3); i > 0; i--) {
        queue.add(past.get(random.nextInt(past.size())));
      }
      java.util.Collections.shuffle(queue, random);
      int at = 0;
      for (Sent one : sent) {
        for (Directive directive : one.directives()) {
          if (job.task(directive.key()) == task) {
            at += random.nextInt(queue.size() - at + 1);
            queue.add(at++, directive);
          }
        }
      }
      for (Object next : queue) {
        if (next instanceof Directive directive) {
          task.direct(directive);
        } else {
          task.tell((ControlMessage) next);
        }
      }
    }
  }

  private static List<Last> last(List<ModelSnapshot> snapshots) {
    return snapshots.stream()
        .filter(s -> s.getCause() == SnapshotCause.END)
        .map(s -> new Last(s.getKey(), s.getSlot(), s.getTrainedInstances(), s.getPayload()))
        .sorted(Comparator.comparing(Last::key).thenComparing(Last::slot))
        .toList();
  }
}

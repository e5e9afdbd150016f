/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.avro.ModelSnapshot;
import io.meander.avro.ModelUpdate;
import io.meander.avro.Reject;
import io.meander.flink.events.EventOperator;
import io.meander.flink.events.EventTimes;
import io.meander.flink.events.KeyResolver;
import io.meander.flink.events.NumberedTimes;
import io.meander.flink.events.Rejects;
import io.meander.flink.learning.AnsweringOperator;
import io.meander.flink.learning.ControlMessage;
import io.meander.flink.learning.LearningOperator;
import io.meander.flink.learning.LearningOptions;
import io.meander.flink.learning.ParentOperator;
import io.meander.flink.learning.TaskReport;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Arrival;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The part that every run shares, whatever it reads and writes: raw records are decoded where they
 * were read, then shuffled once, by model key, to the operator that answers and learns.
 */
public final class LearningPipeline {

  private LearningPipeline() {}

  /**
   * @param learning how the learning operator runs
   */
  public record Options(LearningOptions learning) {

    /** Without an end: snapshots leave when they are due. */
    public static final Options LIVE = new Options(LearningOptions.LIVE);

    /** With an end: the last snapshots leave there, and every run gives the same. */
    public static final Options BOUNDED = new Options(LearningOptions.BOUNDED);
  }

  /**
   * @param steps one per event
   * @param rejects one per record that is no event
   * @param snapshots published models
   * @param updates the update logs, if the spec sends them
   * @param reports the tasks' answers to the gate's questions
   */
  public record Outputs(
      SingleOutputStreamOperator<Step> steps,
      DataStream<Reject> rejects,
      DataStream<ModelSnapshot> snapshots,
      DataStream<ModelUpdate> updates,
      DataStream<TaskReport> reports) {}

  /**
   * What comes of control commands.
   *
   * @param messages for every learning task
   * @param directives each for one key
   */
  public record Control(DataStream<ControlMessage> messages, DataStream<Arrival> directives) {}

  /**
   * @param source events, and in a bounded run their labels, in the order of their arrival; its
   *     order within a model key is the order of learning
   * @param labelsOrNull labels on a topic of their own, where they are not in {@code source}
   * @param controlOrNull what the gate lets through; the spec's own deployment, which is generation
   *     1, is always there
   */
  public static Outputs build(
      DataStream<RawRecord> source,
      DataStream<RawRecord> labelsOrNull,
      Control controlOrNull,
      PipelineSpec spec,
      Options options) {
    StreamExecutionEnvironment env = source.getExecutionEnvironment();
    JobDefaults.apply(env);
    SingleOutputStreamOperator<Arrival> events = read(source, "event", spec);
    DataStream<Reject> rejects = events.getSideOutput(Rejects.TAG);
    DataStream<Arrival> arrivals = timed(events, "event", spec, options);
    if (labelsOrNull != null) {
      SingleOutputStreamOperator<Arrival> labels = read(labelsOrNull, "label", spec);
      rejects = rejects.union(labels.getSideOutput(Rejects.TAG));
      DataStream<Arrival> timed = timed(labels, "label", spec, options);
      arrivals = arrivals.union(resolves(spec) ? resolved(arrivals.union(timed), spec) : timed);
    } else if (resolves(spec)) {
      arrivals = resolvedInOrder(arrivals, spec);
    }
    DataStream<ControlMessage> messages =
        controlOrNull == null ? noControl(env, spec) : controlOrNull.messages();
    if (spec.parent().isPresent()) {
      arrivals = throughParents(arrivals, messages, spec, options.learning());
    }
    if (controlOrNull != null) {
      arrivals = arrivals.union(timeless(controlOrNull.directives(), spec));
    }
    KeyedStream<Arrival, String> keyed = arrivals.keyBy(Arrival::key, Types.STRING);
    SingleOutputStreamOperator<Step> steps =
        keyed
            .connect(messages.broadcast())
            .transform("learning", WireTypes.STEP, new AnsweringOperator(spec, options.learning()))
            .setParallelism(tasks(env, spec, options.learning()))
            .uid(PipelineUids.of(spec, "learning"))
            .setDescription(
                "answer, score and learn, per model key: "
                    + String.join(", ", spec.events().key()));
    return new Outputs(
        steps,
        rejects.union(steps.getSideOutput(Rejects.TAG)),
        steps.getSideOutput(LearningOperator.SNAPSHOTS),
        steps.getSideOutput(LearningOperator.UPDATES),
        steps.getSideOutput(LearningOperator.REPORTS));
  }

  private static boolean isBounded(LearningOptions learning) {
    return learning.publish() == LearningOptions.Publish.AT_END;
  }

  /**
   * Learning tasks. In a bounded run one bound over all keys is kept by one task, so that every run
   * gives up the same predictions.
   */
  private static int tasks(
      StreamExecutionEnvironment env, PipelineSpec spec, LearningOptions learning) {
    return isBounded(learning) && spec.label().isLate() && spec.label().waits().isBounded()
        ? 1
        : env.getParallelism();
  }

  /** Orders have no time, and hold up nobody's. */
  private static DataStream<Arrival> timeless(DataStream<Arrival> directives, PipelineSpec spec) {
    return directives
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.forGenerator(context -> new IdleWatermarks<Arrival>()))
        .setParallelism(1)
        .uid(PipelineUids.of(spec, "directives"))
        .name("directives")
        .setDescription("orders for listed keys");
  }

  /** Of a stream that says nothing of time. */
  private static final class IdleWatermarks<T> implements WatermarkGenerator<T> {

    @Override
    public void onEvent(T event, long timestamp, WatermarkOutput output) {
      // It has no time.
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      output.markIdle();
    }
  }

  /**
   * All arrivals, shuffled by their parents' keys to the operator that learns those, and between
   * them what it publishes. A bounded run has one such task, so that each task of the children has
   * one input, in which watermarks have their place too.
   */
  private static DataStream<Arrival> throughParents(
      DataStream<Arrival> arrivals,
      DataStream<ControlMessage> messages,
      PipelineSpec spec,
      LearningOptions learning) {
    PipelineSpec.Parent parent = spec.parent().orElseThrow();
    boolean bounded = isBounded(learning);
    int tasks = bounded ? tasks(arrivals.getExecutionEnvironment(), spec, learning) : 0;
    SingleOutputStreamOperator<Arrival> parents =
        arrivals
            .keyBy(arrival -> parent.of(arrival.key()), Types.STRING)
            .connect(messages.broadcast())
            .transform("parent", WireTypes.ARRIVAL, new ParentOperator(spec, learning, tasks))
            .uid(PipelineUids.of(spec, "parent"))
            .setDescription("learn parents' models, per " + parent.words());
    return bounded ? parents.setParallelism(1) : parents;
  }

  private static SingleOutputStreamOperator<Arrival> read(
      DataStream<RawRecord> records, String what, PipelineSpec spec) {
    return records
        .process(new EventOperator(spec, what.equals("label")), WireTypes.ARRIVAL)
        .setParallelism(records.getParallelism())
        .uid(PipelineUids.of(spec, what + "s"))
        .name(what + "s")
        .setDescription(
            what.equals("event")
                ? "decode, key, label and features of " + spec.events().topic()
                : "decode, key and class of labels");
  }

  private static DataStream<Arrival> timed(
      SingleOutputStreamOperator<Arrival> arrivals,
      String what,
      PipelineSpec spec,
      Options options) {
    boolean numbered = isBounded(options.learning()) && spec.events().time().isPresent();
    return (numbered
            ? arrivals.transform("times", WireTypes.ARRIVAL, new NumberedTimes(spec))
            : arrivals.assignTimestampsAndWatermarks(EventTimes.of(spec)))
        .setParallelism(arrivals.getParallelism())
        .uid(PipelineUids.of(spec, what + "-times"))
        .name(what + "-times")
        .setDescription(what + " times and watermarks");
  }

  private static boolean resolves(PipelineSpec spec) {
    return spec.label().topic().filter(PipelineSpec.LabelTopic::resolveById).isPresent();
  }

  /** Labels with the keys of their events. */
  private static DataStream<Arrival> resolved(DataStream<Arrival> arrivals, PipelineSpec spec) {
    return described(
        arrivals
            .keyBy(Arrival::eventId, Types.STRING)
            .process(new KeyResolver(spec, false), WireTypes.ARRIVAL),
        spec);
  }

  /** All arrivals in their order, labels with the keys of their events. */
  private static DataStream<Arrival> resolvedInOrder(
      DataStream<Arrival> arrivals, PipelineSpec spec) {
    return described(
        arrivals
            .keyBy(arrival -> KeyResolver.ONE_KEY, Types.STRING)
            .process(new KeyResolver(spec, true), WireTypes.ARRIVAL)
            .setParallelism(1),
        spec);
  }

  private static DataStream<Arrival> described(
      SingleOutputStreamOperator<Arrival> resolver, PipelineSpec spec) {
    return resolver
        .uid(PipelineUids.of(spec, "label-keys"))
        .name("label-keys")
        .setDescription("the model keys of labels, by event id");
  }

  /** One number that becomes nothing: Flink's sources of elements cannot be empty. */
  private static DataStream<ControlMessage> noControl(
      StreamExecutionEnvironment env, PipelineSpec spec) {
    return env.fromSource(
            new NumberSequenceSource(0, 0),
            WatermarkStrategy.noWatermarks(),
            "no-control-source",
            Types.LONG)
        .setParallelism(1)
        .uid(PipelineUids.of(spec, "no-control-source"))
        .flatMap((number, out) -> {}, WireTypes.CONTROL)
        .setParallelism(1)
        .uid(PipelineUids.of(spec, "no-control"))
        .name("no-control")
        .setDescription("no control topic: the deployment of the spec stays");
  }
}

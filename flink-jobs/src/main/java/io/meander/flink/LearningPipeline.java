/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.avro.ModelSnapshot;
import io.meander.avro.Reject;
import io.meander.flink.events.EventOperator;
import io.meander.flink.events.EventTimes;
import io.meander.flink.events.Rejects;
import io.meander.flink.learning.LearningOperator;
import io.meander.flink.learning.LearningOptions;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Deployment;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The part that every run shares, whatever it reads and writes: raw records are decoded where they
 * were read, then shuffled once, by model key, to the operator that answers and learns. Uids are
 * part of what a savepoint holds and are never changed.
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
   */
  public record Outputs(
      SingleOutputStreamOperator<Step> steps,
      DataStream<Reject> rejects,
      DataStream<ModelSnapshot> snapshots) {}

  /**
   * @param source its order within a model key is the order of learning
   * @param control deployments with generations above 1, or null for none; the spec's own, which is
   *     generation 1, is always there
   */
  public static Outputs build(
      DataStream<RawRecord> source,
      DataStream<Deployment> control,
      PipelineSpec spec,
      Options options) {
    StreamExecutionEnvironment env = source.getExecutionEnvironment();
    JobDefaults.apply(env);
    int sourceParallelism = source.getParallelism();
    SingleOutputStreamOperator<Observation> observations =
        source
            .process(new EventOperator(spec), WireTypes.OBSERVATION)
            .setParallelism(sourceParallelism)
            .uid("events")
            .name("events")
            .setDescription("decode, key, label and features of " + spec.events().topic());
    KeyedStream<Observation, String> keyed =
        observations
            .assignTimestampsAndWatermarks(EventTimes.of(spec))
            .setParallelism(sourceParallelism)
            .uid("event-times")
            .name("event-times")
            .setDescription("event times and watermarks")
            .keyBy(Observation::key, Types.STRING);
    DataStream<Deployment> deployments = control == null ? noControl(env) : control;
    SingleOutputStreamOperator<Step> steps =
        keyed
            .connect(deployments.broadcast())
            .transform("learning", WireTypes.STEP, new LearningOperator(spec, options.learning()))
            .uid("learning")
            .setDescription(
                "answer, score and learn, per model key: "
                    + String.join(", ", spec.events().key()));
    return new Outputs(
        steps,
        observations.getSideOutput(Rejects.TAG),
        steps.getSideOutput(LearningOperator.SNAPSHOTS));
  }

  /** One number that becomes nothing: Flink's sources of elements cannot be empty. */
  private static DataStream<Deployment> noControl(StreamExecutionEnvironment env) {
    return env.fromSource(
            new NumberSequenceSource(0, 0),
            WatermarkStrategy.noWatermarks(),
            "no-control-source",
            Types.LONG)
        .setParallelism(1)
        .uid("no-control-source")
        .flatMap((number, out) -> {}, WireTypes.DEPLOYMENT)
        .setParallelism(1)
        .uid("no-control")
        .name("no-control")
        .setDescription("no control topic: the deployment of the spec stays");
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.avro.ControlAck;
import io.meander.avro.DriftEvent;
import io.meander.avro.Evaluation;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.ModelUpdate;
import io.meander.avro.Prediction;
import io.meander.avro.Reject;
import io.meander.features.ModelKey;
import io.meander.flink.LearningPipeline.Outputs;
import io.meander.flink.control.ControlAnswers;
import io.meander.flink.control.ControlGate;
import io.meander.flink.evaluation.Evaluations;
import io.meander.flink.events.Rejects;
import io.meander.flink.kafka.DriftEvents;
import io.meander.flink.kafka.PipelineSinks;
import io.meander.flink.kafka.PipelineSources;
import io.meander.flink.kafka.Predictions;
import io.meander.flink.learning.ControlMessage;
import io.meander.flink.learning.LearningOptions;
import io.meander.flink.learning.SnapshotWriter;
import io.meander.flink.payloads.OffloadPayloads;
import io.meander.flink.payloads.OffloadUpdates;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Learning pipelines between Kafka topics: the job as it runs on a cluster. */
public final class KafkaPipeline {

  private KafkaPipeline() {}

  /**
   * Adds a whole pipeline to {@code env}, which has no other.
   *
   * @return what the learning pipeline gives, for sinks besides Kafka's
   */
  public static Outputs build(
      StreamExecutionEnvironment env, PipelineSpec spec, KafkaOptions options) {
    return build(env, List.of(spec), options).get(0);
  }

  /**
   * Adds whole pipelines to {@code env}, which has no others. A topic that several of them read is
   * read once; else they share nothing.
   *
   * @param specs with names and topics of their own, see {@code PipelineTopics.requireApart}
   * @return what each learning pipeline gives, for sinks besides Kafka's
   * @throws IllegalArgumentException if transactions end before a checkpoint can commit them
   */
  public static List<Outputs> build(
      StreamExecutionEnvironment env, List<PipelineSpec> specs, KafkaOptions options) {
    JobDefaults.applyLive(env);
    options.requireTimeToCommit(
        env.getConfiguration().get(CheckpointingOptions.CHECKPOINTING_INTERVAL));
    JobParameters.show(env, specs, options);
    PipelineSources sources = new PipelineSources(env, options);
    return specs.stream().map(spec -> build(env, spec, sources, options)).toList();
  }

  /** What the job is called: its pipelines' names. */
  public static String name(List<PipelineSpec> specs) {
    return specs.stream().map(PipelineSpec::name).collect(Collectors.joining(", "));
  }

  private static Outputs build(
      StreamExecutionEnvironment env,
      PipelineSpec spec,
      PipelineSources sources,
      KafkaOptions options) {
    SingleOutputStreamOperator<ControlMessage> gate =
        sources
            .control(spec.topics().control())
            .process(new ControlGate(spec), WireTypes.CONTROL)
            .setParallelism(1)
            .uid(PipelineUids.of(spec, "control-gate"))
            .name("control-gate")
            .setDescription("check, number and acknowledge control commands");
    Outputs outputs =
        LearningPipeline.build(
            sources.topic(spec.events().topic()),
            spec.label().topic().map(labels -> sources.topic(labels.topic())).orElse(null),
            new LearningPipeline.Control(gate, gate.getSideOutput(ControlGate.DIRECTIVES)),
            spec,
            new LearningPipeline.Options(learning(env)));
    PipelineSinks sinks = new PipelineSinks(spec, options);
    writeSteps(outputs.steps(), spec, sinks);
    sinks.writeNewest(
        OffloadPayloads.of(outputs.snapshots(), spec),
        "snapshots-sink",
        spec.topics().snapshots(),
        (ModelSnapshot s) -> ModelKey.withSlot(s.getKey(), s.getSlot()),
        DeliveryGuarantee.EXACTLY_ONCE,
        SnapshotWriter::isGone);
    spec.snapshots()
        .updates()
        .ifPresent(
            updates ->
                sinks.write(
                    OffloadUpdates.of(outputs.updates(), spec),
                    "updates-sink",
                    updates.topic(),
                    (ModelUpdate update) -> update.getKey(),
                    DeliveryGuarantee.EXACTLY_ONCE));
    DataStream<Reject> rejects = outputs.rejects().union(gate.getSideOutput(Rejects.TAG));
    sinks.writeRejects(rejects, sinks.declared());
    sinks.write(
        acknowledgements(gate, outputs, spec),
        "acks-sink",
        spec.topics().controlAcks(),
        (ControlAck ack) -> ack.getCommandId(),
        DeliveryGuarantee.AT_LEAST_ONCE);
    return outputs;
  }

  static LearningOptions learning(StreamExecutionEnvironment env) {
    return env.getConfiguration()
        .getOptional(MeanderOptions.CACHE)
        .map(size -> new LearningOptions(LearningOptions.Publish.WHEN_DUE, size.getBytes()))
        .orElse(LearningOptions.LIVE);
  }

  /** The gate's own, and those that the learning tasks' reports complete. */
  private static DataStream<ControlAck> acknowledgements(
      SingleOutputStreamOperator<ControlMessage> gate, Outputs outputs, PipelineSpec spec) {
    return gate.getSideOutput(ControlGate.ACKS)
        .union(
            outputs
                .reports()
                .process(new ControlAnswers(), AvroType.of(ControlAck.class))
                .setParallelism(1)
                .uid(PipelineUids.of(spec, "control-answers"))
                .name("control-answers")
                .setDescription("what all learning tasks report, as one acknowledgement"));
  }

  private static void writeSteps(
      SingleOutputStreamOperator<Step> steps, PipelineSpec spec, PipelineSinks sinks) {
    sinks.write(
        steps
            .flatMap(new Predictions(spec), AvroType.of(Prediction.class))
            .setParallelism(steps.getParallelism())
            .uid(PipelineUids.of(spec, "predictions"))
            .name("predictions")
            .setDescription("the served answers"),
        "predictions-sink",
        spec.topics().predictions(),
        (Prediction p) -> p.getKey(),
        sinks.declared());
    sinks.write(
        steps
            .flatMap(new DriftEvents(spec.name()), AvroType.of(DriftEvent.class))
            .setParallelism(steps.getParallelism())
            .uid(PipelineUids.of(spec, "drifts"))
            .name("drifts")
            .setDescription("drifts and warnings"),
        "drifts-sink",
        spec.topics().drift(),
        (DriftEvent d) -> d.getKey(),
        sinks.declared());
    Evaluations.Figures figures = Evaluations.of(steps, spec);
    writeEvaluations(figures.overall(), "evaluations-sink", spec, sinks);
    writeEvaluations(figures.parts(), "part-evaluations-sink", spec, sinks);
  }

  private static void writeEvaluations(
      DataStream<Evaluation> figures, String name, PipelineSpec spec, PipelineSinks sinks) {
    sinks.write(
        figures,
        name,
        spec.topics().evaluations(),
        KafkaPipeline::evaluationKey,
        DeliveryGuarantee.AT_LEAST_ONCE);
  }

  /** What it is of: a model key, a slice's value or, of all keys, the slot. */
  private static String evaluationKey(Evaluation evaluation) {
    if (evaluation.getKey() != null) {
      return evaluation.getKey();
    }
    return evaluation.getSlice() != null ? evaluation.getSliceValue() : evaluation.getSlot();
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.avro.Evaluation;
import io.meander.flink.AvroType;
import io.meander.flink.PipelineUids;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Puts what adds up scores behind the learning operator. */
public final class Evaluations {

  private Evaluations() {}

  /**
   * @param overall the totals of all keys, every second in which a label was scored, and windows
   * @param parts those of keys and slices
   */
  public record Figures(DataStream<Evaluation> overall, DataStream<Evaluation> parts) {}

  /** The figures of a pipeline. */
  public static Figures of(SingleOutputStreamOperator<Step> steps, PipelineSpec spec) {
    SingleOutputStreamOperator<ScoreDelta> scores =
        steps
            .transform("partial-scores", ScoreDelta.TYPE, new PartialScores(spec))
            .setParallelism(steps.getParallelism())
            .uid(PipelineUids.of(spec, "partial-scores"))
            .setDescription("scores of one learning task since it last passed them on");
    DataStream<Evaluation> overall =
        scores
            .transform("overall-scores", AvroType.of(Evaluation.class), new OverallScores(spec))
            .setParallelism(1)
            .uid(PipelineUids.of(spec, "overall-scores"))
            .setDescription("scores of all keys since the start");
    return new Figures(overall, parts(scores, spec));
  }

  private static DataStream<Evaluation> parts(
      SingleOutputStreamOperator<ScoreDelta> scores, PipelineSpec spec) {
    return scores
        .getSideOutput(PartialScores.PARTS)
        .keyBy(ScoreDelta::stretch, Types.STRING)
        .transform("part-scores", AvroType.of(Evaluation.class), new PartScores(spec))
        .setParallelism(scores.getParallelism())
        .uid(PipelineUids.of(spec, "part-scores"))
        .setDescription("scores of each key and slice since the start");
  }
}

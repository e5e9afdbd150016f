/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.avro.Evaluation;
import io.meander.flink.AvroType;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** Puts the two stages of the overall figures behind the learning operator. */
public final class Evaluations {

  private Evaluations() {}

  /** The overall totals, every second in which a label was scored. */
  public static DataStream<Evaluation> of(
      SingleOutputStreamOperator<Step> steps, PipelineSpec spec) {
    return steps
        .transform("partial-scores", ScoreDelta.TYPE, new PartialScores(spec.target()))
        .setParallelism(steps.getParallelism())
        .uid("partial-scores")
        .setDescription("scores of one learning task since it last passed them on")
        .transform("overall-scores", AvroType.of(Evaluation.class), new OverallScores(spec))
        .setParallelism(1)
        .uid("overall-scores")
        .setDescription("scores of all keys since the start");
  }
}

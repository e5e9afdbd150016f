/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import io.meander.avro.Prediction;
import io.meander.models.Answer;
import io.meander.models.Observation;
import io.meander.models.ServedFeatures;
import io.meander.models.Step;
import io.meander.models.Target;
import io.meander.spec.PipelineSpec;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** The served answer of each step that has one, as a record for the predictions topic. */
public final class Predictions extends RichFlatMapFunction<Step, Prediction> {

  private static final long serialVersionUID = 1L;

  private final PipelineSpec spec;

  private transient PredictionIds ids;
  private transient Target target;
  private transient String featureFingerprint;

  public Predictions(PipelineSpec spec) {
    this.spec = spec;
  }

  @Override
  public void open(OpenContext context) {
    ids = new PredictionIds(spec.name());
    target = spec.target();
    featureFingerprint = spec.featureTransform().schema().fingerprint();
  }

  @Override
  public void flatMap(Step step, Collector<Prediction> out) {
    if (step.answer() != null) {
      out.collect(prediction(step.answer(), step.featuresOrNull()));
    }
  }

  private Prediction prediction(Answer answer, ServedFeatures featuresOrNull) {
    Answer.SlotAnswer served = answer.servedAnswer();
    Prediction prediction = new Prediction();
    prediction.setPredictionId(ids.of(answer.eventId(), served.slot()));
    prediction.setPipeline(spec.name());
    prediction.setEventId(answer.eventId());
    prediction.setKey(answer.key());
    prediction.setEventTime(
        answer.eventTime() == Observation.NO_TIME
            ? null
            : Instant.ofEpochMilli(answer.eventTime()));
    prediction.setPredicted(target.text(served.predicted()));
    prediction.setVotes(target.named(served.votes()));
    prediction.setSlot(served.slot());
    prediction.setIncarnation(served.incarnation());
    prediction.setTrainedInstances(served.trainedInstances());
    prediction.setModelVersion(served.modelVersion());
    prediction.setParentKey(answer.parentOrNull());
    prediction.setGeneration(answer.generation());
    prediction.setNoChange(target.text(answer.noChange()));
    prediction.setFeatureFingerprint(featureFingerprint);
    prediction.setFeatures(featuresOrNull == null ? null : featuresOrNull.byName());
    return prediction;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import io.meander.avro.DriftAction;
import io.meander.avro.DriftEvent;
import io.meander.avro.DriftLevel;
import io.meander.avro.FeatureMeasure;
import io.meander.avro.PromotionEvidence;
import io.meander.models.DriftSignal;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.Observation;
import io.meander.models.Step;
import java.time.Instant;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** The drifts of each step, as records for the drift topic. */
public final class DriftEvents implements FlatMapFunction<Step, DriftEvent> {

  private static final long serialVersionUID = 1L;

  private final String pipeline;

  public DriftEvents(String pipeline) {
    this.pipeline = pipeline;
  }

  @Override
  public void flatMap(Step step, Collector<DriftEvent> out) {
    for (DriftSignal drift : step.drifts()) {
      out.collect(event(drift));
    }
  }

  private DriftEvent event(DriftSignal drift) {
    return DriftEvent.newBuilder()
        .setPipeline(pipeline)
        .setKey(drift.key())
        .setSlot(drift.slot())
        .setIncarnation(drift.incarnation())
        .setDetector(drift.detector())
        .setLevel(
            switch (drift.level()) {
              case WARNING -> DriftLevel.WARNING;
              case DRIFT -> DriftLevel.DRIFT;
              case OUTGROWN -> DriftLevel.OUTGROWN;
              case PROMOTED -> DriftLevel.PROMOTED;
              case ROLLED_BACK -> DriftLevel.ROLLED_BACK;
            })
        .setInstance(drift.instance())
        .setEventTime(
            drift.eventTime() == Observation.NO_TIME
                ? null
                : Instant.ofEpochMilli(drift.eventTime()))
        .setErrorBefore(known(drift.errorBefore()))
        .setErrorAfter(known(drift.errorAfter()))
        .setAction(
            switch (drift.action()) {
              case ALERT -> DriftAction.ALERT;
              case START_BACKGROUND -> DriftAction.START_BACKGROUND;
              case RESET -> DriftAction.RESET;
              case REPLACE -> DriftAction.REPLACE;
              case SWITCH -> DriftAction.SWITCH;
              case BOOST -> DriftAction.BOOST;
              case STOP_LEARNING -> DriftAction.STOP_LEARNING;
            })
        .setEvidence(evidence(drift.evidenceOrNull()))
        .setSwitchedTo(drift.switchedTo().isEmpty() ? null : drift.switchedTo())
        .setFeature(drift.featureOrNull() == null ? null : drift.featureOrNull().column())
        .setMeasure(drift.featureOrNull() == null ? null : measure(drift.featureOrNull()))
        .build();
  }

  private static FeatureMeasure measure(FeatureWatchSpec watch) {
    return switch (watch.measure()) {
      case VALUE -> FeatureMeasure.VALUE;
      case MISSING -> FeatureMeasure.MISSING;
    };
  }

  private static PromotionEvidence evidence(DriftSignal.Evidence evidenceOrNull) {
    return evidenceOrNull == null
        ? null
        : new PromotionEvidence(
            known(evidenceOrNull.error()),
            evidenceOrNull.won(),
            evidenceOrNull.lost(),
            evidenceOrNull.confidence());
  }

  private static Double known(double error) {
    return Double.isNaN(error) ? null : error;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.models.Step;
import io.meander.models.Target;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Counts what its learning task scored and hands the counts on every second, before each barrier
 * and at the end: so nothing is in it at a checkpoint, and it has no state. Chained to the learning
 * operator, it sees each step as an object.
 */
final class PartialScores extends AbstractStreamOperator<ScoreDelta>
    implements OneInputStreamOperator<Step, ScoreDelta>, BoundedOneInput {

  private static final long serialVersionUID = 1L;

  static final Duration EVERY = Duration.ofSeconds(1);

  private final Target target;

  private transient ScheduledFuture<?> ticks;
  private transient Predictors predictors;

  PartialScores(Target target) {
    this.target = target;
  }

  @Override
  public void open() throws Exception {
    super.open();
    predictors = new Predictors(target);
    long every = EVERY.toMillis();
    ticks = getProcessingTimeService().scheduleWithFixedDelay(time -> flush(), every, every);
  }

  @Override
  public void processElement(StreamRecord<Step> element) {
    element.getValue().allScored().forEach(predictors::add);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    flush();
  }

  @Override
  public void close() throws Exception {
    if (ticks != null) {
      ticks.cancel(false);
    }
    super.close();
  }

  @Override
  public void endInput() {
    flush();
  }

  private void flush() {
    if (predictors.scores().isEmpty()) {
      return;
    }
    predictors
        .scores()
        .forEach((slot, score) -> output.collect(new StreamRecord<>(new ScoreDelta(slot, score))));
    predictors = new Predictors(target);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.models.Arrival;
import io.meander.spec.PipelineSpec;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Timestamps and watermarks of a bounded run: before the first record of each new time stands the
 * watermark that it brings about, so that what is over by then has ended when the record comes, and
 * every run is the same. Where a live job sends its watermarks is chance, see {@link EventTimes}.
 */
public final class NumberedTimes extends AbstractStreamOperator<Arrival>
    implements OneInputStreamOperator<Arrival, Arrival> {

  private static final long serialVersionUID = 1L;

  private final long outOfOrderness;

  private transient long latest;

  /**
   * @param spec of a pipeline with event time
   */
  public NumberedTimes(PipelineSpec spec) {
    this.outOfOrderness = spec.events().time().orElseThrow().outOfOrderness().toMillis();
  }

  @Override
  public void open() throws Exception {
    super.open();
    latest = Long.MIN_VALUE + outOfOrderness + 1;
  }

  @Override
  public void processElement(StreamRecord<Arrival> element) {
    long time = element.getValue().time();
    if (time > latest) {
      latest = time;
      output.emitWatermark(new Watermark(time - outOfOrderness - 1));
    }
    output.collect(element.replace(element.getValue(), time));
  }

  /** Time is that of the records alone; only the end of the input is handed on. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() == Long.MAX_VALUE) {
      super.processWatermark(mark);
    }
  }
}

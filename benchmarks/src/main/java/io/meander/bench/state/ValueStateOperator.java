/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.models.Observation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** The obvious design: a serialised model in a value state, read and written at every event. */
final class ValueStateOperator extends NaiveOperator {

  private static final long serialVersionUID = 1L;

  ValueStateOperator(Source source, String learner) {
    super(source, learner);
  }

  @Override
  public void processElement(StreamRecord<Observation> element) throws Exception {
    PlainModel present = read();
    double[] votes = present.learn(element.getValue());
    write(present);
    emit(votes);
  }
}

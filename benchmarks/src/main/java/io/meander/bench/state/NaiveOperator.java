/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.models.Observation;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** What the obvious designs share: a key's serialised model in a value state. */
abstract class NaiveOperator extends AbstractStreamOperator<double[]>
    implements OneInputStreamOperator<Observation, double[]> {

  private static final long serialVersionUID = 1L;

  static final String MODEL = "model";

  private final InstancesHeader header;
  private final String learner;
  private transient ValueState<byte[]> model;
  private transient StreamRecord<double[]> answer;

  NaiveOperator(Source source, String learner) {
    this.header = PlainModel.header(source);
    this.learner = learner;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    model =
        context
            .getKeyedStateStore()
            .getState(
                new ValueStateDescriptor<>(
                    MODEL, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    answer = new StreamRecord<>(null);
  }

  /** The current key's model as stored, or a new one. */
  final PlainModel read() throws Exception {
    byte[] bytes = model.value();
    return bytes == null ? new PlainModel(header, learner) : PlainModel.ofBytes(bytes);
  }

  /** Stores the current key's model. */
  final void write(PlainModel present) throws Exception {
    model.update(present.toBytes());
  }

  final void emit(double[] votes) {
    output.collect(answer.replace(votes));
  }
}

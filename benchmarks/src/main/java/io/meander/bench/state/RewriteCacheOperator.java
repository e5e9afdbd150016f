/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.models.Observation;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The next obvious design: live models on the heap, the least recently used of them written and
 * dropped, and all that have learned since the last barrier written before the next.
 */
final class RewriteCacheOperator extends AbstractStreamOperator<double[]>
    implements OneInputStreamOperator<Observation, double[]> {

  private static final long serialVersionUID = 1L;

  private final InstancesHeader header;
  private final String learner;
  private final int capacity;
  private transient ValueState<byte[]> model;
  private transient StreamRecord<double[]> answer;
  private transient Map<String, Live> live;

  private static final class Live {
    final PlainModel model;
    boolean dirty;

    Live(PlainModel model) {
      this.model = model;
    }
  }

  /**
   * @param capacity models on the heap
   */
  RewriteCacheOperator(Source source, String learner, int capacity) {
    this.header = PlainModel.header(source);
    this.learner = learner;
    this.capacity = capacity;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    model =
        context
            .getKeyedStateStore()
            .getState(
                new ValueStateDescriptor<>(
                    ValueStateOperator.MODEL,
                    PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    answer = new StreamRecord<>(null);
    live = new LinkedHashMap<>(16, 0.75f, true);
  }

  @Override
  public void processElement(StreamRecord<Observation> element) throws Exception {
    String key = element.getValue().key();
    Live present = live.get(key);
    if (present == null) {
      byte[] bytes = model.value();
      present =
          new Live(bytes == null ? new PlainModel(header, learner) : PlainModel.ofBytes(bytes));
      live.put(key, present);
      evict(key);
    }
    answer.replace(present.model.learn(element.getValue()));
    present.dirty = true;
    output.collect(answer);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    for (Map.Entry<String, Live> entry : live.entrySet()) {
      write(entry.getKey(), entry.getValue());
    }
  }

  private void evict(String current) throws Exception {
    Iterator<Map.Entry<String, Live>> oldestFirst = live.entrySet().iterator();
    while (live.size() > capacity) {
      Map.Entry<String, Live> oldest = oldestFirst.next();
      write(oldest.getKey(), oldest.getValue());
      oldestFirst.remove();
    }
    setCurrentKey(current);
  }

  private void write(String key, Live present) throws Exception {
    if (present.dirty) {
      setCurrentKey(key);
      model.update(present.model.toBytes());
      present.dirty = false;
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.models.Observation;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The next obvious design: live models on the heap, the least recently used of them written and
 * dropped, and all that have learned since the last barrier written before the next.
 */
final class RewriteCacheOperator extends NaiveOperator {

  private static final long serialVersionUID = 1L;

  private final int capacity;
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
    super(source, learner);
    this.capacity = capacity;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    live = new LinkedHashMap<>(16, 0.75f, true);
  }

  @Override
  public void processElement(StreamRecord<Observation> element) throws Exception {
    String key = element.getValue().key();
    Live present = live.get(key);
    if (present == null) {
      present = new Live(read());
      live.put(key, present);
      evict(key);
    }
    double[] votes = present.model.learn(element.getValue());
    present.dirty = true;
    emit(votes);
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
      write(present.model);
      present.dirty = false;
    }
  }
}

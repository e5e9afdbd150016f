/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.models.Observation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** One of the designs that Meander is compared with. */
final class NaiveTask extends HarnessTask<double[]> {

  private final String name;
  private final NaiveOperator learning;

  private NaiveTask(String name, NaiveOperator operator) throws Exception {
    super(operator, null);
    this.name = name;
    this.learning = operator;
  }

  static NaiveTask valueState(Source source, String learner) throws Exception {
    return new NaiveTask("value-state", new ValueStateOperator(source, learner));
  }

  /**
   * @param capacity models on the heap
   */
  static NaiveTask rewriteCache(Source source, String learner, int capacity) throws Exception {
    return new NaiveTask("rewrite-cache", new RewriteCacheOperator(source, learner, capacity));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  void process(StreamRecord<Observation> element) throws Exception {
    learning.processElement(element);
  }

  /** Stores a model under a key, as if the key had been learned before. */
  void preload(String key, byte[] model) throws Exception {
    put(key, NaiveOperator.MODEL, model);
  }
}

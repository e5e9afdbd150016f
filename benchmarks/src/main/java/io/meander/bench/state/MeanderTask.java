/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.flink.learning.AnsweringOperator;
import io.meander.flink.learning.ControlMessage;
import io.meander.flink.learning.LearningOptions;
import io.meander.models.Arrival;
import io.meander.models.Deployment;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Meander's own operator. */
final class MeanderTask extends HarnessTask<Step> {

  private final AnsweringOperator learning;
  private final StreamRecord<Arrival> arrival = new StreamRecord<>(null);

  MeanderTask(PipelineSpec spec, long cacheBytes, OperatorSubtaskState stateOrNull)
      throws Exception {
    this(spec, new LearningOptions(LearningOptions.Publish.AT_END, cacheBytes), stateOrNull);
  }

  private MeanderTask(PipelineSpec spec, LearningOptions options, OperatorSubtaskState stateOrNull)
      throws Exception {
    super(new AnsweringOperator(spec, options), stateOrNull);
    learning = (AnsweringOperator) operator;
  }

  /** As a live job runs it, which goes by the clock. */
  static MeanderTask live(PipelineSpec spec, long cacheBytes) throws Exception {
    return new MeanderTask(
        spec, new LearningOptions(LearningOptions.Publish.WHEN_DUE, cacheBytes), null);
  }

  @Override
  public String name() {
    return "meander";
  }

  @Override
  void process(StreamRecord<Observation> element) throws Exception {
    learning.processElement1(arrival.replace(element.getValue()));
  }

  /** Another deployment, as the gate would send it. */
  void deploy(Deployment deployment) throws Exception {
    learning.processElement2(new StreamRecord<>(new ControlMessage(deployment)));
  }

  /** Stores a model set under a key, as if the key had been learned before. */
  void preload(String key, Prototype prototype) throws Exception {
    put(key, "image", prototype.image());
    if (prototype.log().length > 0) {
      append(key, "log", prototype.log());
    }
  }

  long count(String metric) {
    return metric(metric, Counter.class).getCount();
  }

  long liveBytes() {
    return (Long) metric("liveBytes", Gauge.class).getValue();
  }

  /** Live keys that have not followed the last deployment. */
  int behind() {
    return (Integer) metric("unreconciledKeys", Gauge.class).getValue();
  }

  double mean(String histogram) {
    return metric(histogram, Histogram.class).getStatistics().getMean();
  }
}

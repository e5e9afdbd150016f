/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.models.Answer;
import io.meander.models.Deployment;
import io.meander.models.Fact;
import io.meander.models.FactWriter;
import io.meander.models.ImageRule;
import io.meander.models.LogCompression;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.ModelSetCodec;
import io.meander.models.Observation;
import io.meander.models.Reducer;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A grown model set as keyed state holds it. Many keys get the same few: growing ten thousand
 * models would take hours and change nothing that is measured.
 *
 * @param image the model set at the image's position
 * @param log one chunk of what it learned since; empty if it learned nothing
 */
record Prototype(byte[] image, byte[] log) {

  /**
   * Model sets that have learned the same number of instances and stand at evenly spaced points
   * between two images, as keys do that have been running for a while.
   *
   * @param instances that the image holds
   * @param count how many; of one, the log is empty
   * @param images over how many images' distance they are spread. Beyond 1, keys write theirs at
   *     their first label, and however far off that distance was reckoned, some are near its end
   */
  static List<Prototype> spread(
      Workload workload, PipelineSpec spec, int instances, int count, int images) {
    ModelContext context = spec.modelContext();
    Reducer reducer = new Reducer(context);
    ModelSetCodec codec = new ModelSetCodec(context);
    ModelSet set = new ModelSet("prototype", context.target());
    Deployment deployment = spec.deployment();
    FactWriter log = new FactWriter(context);
    for (int i = 0; i < instances; i++) {
      learn(reducer, set, deployment, workload.event(i), log);
    }
    byte[] image = codec.write(set).bytes();
    int between = count == 1 ? 0 : between(spec, codec, reducer, deployment, set, workload, image);
    List<Prototype> prototypes = new ArrayList<>();
    try (LogCompression compression = new LogCompression()) {
      for (int p = 0; p < count; p++) {
        ModelSet copy = codec.read("prototype", image).set();
        FactWriter since = new FactWriter(context);
        for (int i = 0; i < images * between * p / count; i++) {
          learn(reducer, copy, deployment, workload.event(instances + i), since);
        }
        prototypes.add(
            new Prototype(image, since.isEmpty() ? new byte[0] : since.close(0, compression)));
      }
    }
    return prototypes;
  }

  /** Instances from one image to the next, by the rule and by what things cost here. */
  private static int between(
      PipelineSpec spec,
      ModelSetCodec codec,
      Reducer reducer,
      Deployment deployment,
      ModelSet set,
      Workload workload,
      byte[] image) {
    int learned = 500;
    long writeNanos = Long.MAX_VALUE;
    long readNanos = Long.MAX_VALUE;
    FactWriter unused = new FactWriter(spec.modelContext());
    long start = System.nanoTime();
    for (int i = 0; i < learned; i++) {
      learn(reducer, set, deployment, workload.event(i), unused);
    }
    long learnNanos = Math.max(1, (System.nanoTime() - start) / learned);
    for (int i = 0; i < 5; i++) {
      long write = System.nanoTime();
      codec.write(set);
      long read = System.nanoTime();
      codec.read("prototype", image);
      writeNanos = Math.min(writeNanos, read - write);
      readNanos = Math.min(readNanos, System.nanoTime() - read);
    }
    ImageRule rule = ImageRule.of(spec.recovery().maxLoad());
    return (int) rule.instances(learnNanos, writeNanos, readNanos);
  }

  private static void learn(
      Reducer reducer, ModelSet set, Deployment deployment, Observation event, FactWriter log) {
    for (Fact fact : reducer.decideTouched(set, deployment, event.eventTime(), 0)) {
      apply(reducer, set, fact, log);
    }
    Answer answer = reducer.answer(set, event);
    apply(
        reducer, set, reducer.decideLabelled(set, event.features(), answer, event.label(), 1), log);
    for (Fact fact : reducer.decideAlarmed(set)) {
      apply(reducer, set, fact, log);
    }
  }

  private static void apply(Reducer reducer, ModelSet set, Fact fact, FactWriter log) {
    reducer.apply(set, fact);
    log.add(set, fact);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Random;

/**
 * What the {@link ImageRule} would make of a deployment's models, measured on this machine by
 * learning random instances. A rough figure: real models grow otherwise, and a first run of code is
 * slow.
 *
 * @param instances learned before measuring
 * @param imageBytes a model set's stored image
 * @param instancesPerImage of one key, from one image to the next
 * @param share of the learning time that goes into images, 0 to 1
 * @param logBytesPerInstance in a chunk of the update log, compressed
 * @param loadMillis estimated worst time to bring a key back: reading an image and replaying its
 *     log
 */
public record ImageCost(
    int instances,
    int imageBytes,
    long instancesPerImage,
    double share,
    double logBytesPerInstance,
    double loadMillis) {

  private static final int WARM_UP = 1000;
  private static final int MEASURED = 1000;
  private static final int REPEATS = 5;

  /** Takes up to a second for large ensembles. */
  public static ImageCost measure(ModelContext context, Deployment deployment, ImageRule rule) {
    Reducer reducer = new Reducer(context);
    ModelSetCodec codec = new ModelSetCodec(context);
    ModelSet set = new ModelSet("measured", context.target());
    reducer.decideTouched(set, deployment, 0, 0).forEach(fact -> reducer.apply(set, fact));
    Random random = new Random(1);
    FactWriter log = new FactWriter(context);
    learn(reducer, context, set, random, WARM_UP, log);
    log.clear();
    long start = System.nanoTime();
    learn(reducer, context, set, random, MEASURED, log);
    long learnNanos = Math.max(1, (System.nanoTime() - start) / MEASURED);
    long writeNanos = Long.MAX_VALUE;
    long readNanos = Long.MAX_VALUE;
    int bytes = 0;
    for (int i = 0; i < REPEATS; i++) {
      long writeStart = System.nanoTime();
      byte[] image = codec.write(set).bytes();
      long readStart = System.nanoTime();
      codec.read(set.key(), image);
      long end = System.nanoTime();
      writeNanos = Math.min(writeNanos, readStart - writeStart);
      readNanos = Math.min(readNanos, end - readStart);
      bytes = image.length;
    }
    double instances = rule.instances(learnNanos, writeNanos, readNanos);
    return new ImageCost(
        WARM_UP + MEASURED,
        bytes,
        Math.round(instances),
        rule.cost(learnNanos, writeNanos, readNanos),
        (double) chunkBytes(log) / MEASURED,
        (readNanos + instances * learnNanos) / 1e6);
  }

  private static int chunkBytes(FactWriter log) {
    try (LogCompression compression = new LogCompression()) {
      return log.close(0, compression).length;
    }
  }

  private static void learn(
      Reducer reducer,
      ModelContext context,
      ModelSet set,
      Random random,
      int count,
      FactWriter log) {
    for (int i = 0; i < count; i++) {
      double[] features = new double[context.features().size()];
      for (int c = 0; c < features.length; c++) {
        int values = context.features().columns().get(c).values().size();
        features[c] = values == 0 ? random.nextDouble() : random.nextInt(values);
      }
      double label = context.target().any(random);
      Answer answer =
          reducer.answer(set, new Observation(i, "", set.key(), i, features, label, new String[0]));
      apply(reducer, set, log, reducer.decideLabelled(set, features, answer, label, 1));
      reducer.decideAlarmed(set).forEach(fact -> apply(reducer, set, log, fact));
    }
  }

  private static void apply(Reducer reducer, ModelSet set, FactWriter log, Fact fact) {
    reducer.apply(set, fact);
    log.add(set, fact);
  }
}

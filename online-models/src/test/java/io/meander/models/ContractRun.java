/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Instance;
import java.util.List;
import java.util.function.Supplier;
import moa.classifiers.Classifier;

/** A learner on its way through the stream, as the reducer would take it. For one thread. */
final class ContractRun {

  private final ContractStream stream;
  private Learner learner;
  private int imageSize;

  /** Instances learned so far. */
  int learned;

  ContractRun(String optionString, ContractStream stream) {
    this.stream = stream;
    this.learner =
        attempt(
            "when it is made",
            () ->
                new Learner(
                    Learners.create(new SlotSpec("s", optionString, 7), stream.header()), null));
  }

  ContractRun(ContractStream stream, byte[] image, int learned) {
    this.stream = stream;
    this.learner = read(image);
    this.imageSize = image.length;
    this.learned = learned;
  }

  double[] vote() {
    return vote(stream.rows().get(learned));
  }

  void voteOnOthers() {
    List<ContractStream.Row> rows = stream.rows();
    for (int i = 0; i < learned % 4; i++) {
      vote(rows.get((learned * 31 + i * 7) % rows.size()));
    }
  }

  private double[] vote(ContractStream.Row row) {
    Instance instance = stream.instance(row);
    return attempt(
        learned == 0 ? "at the first vote" : "when it votes",
        () -> learner.votes(instance).clone());
  }

  /** As the reducer does it: votes once before the first training. */
  void train() {
    ContractStream.Row row = stream.rows().get(learned);
    Instance instance = stream.instance(row);
    attempt(
        learned == 0 ? "when it learns its first instance" : "when it learns",
        () -> {
          if (learned == 0) {
            learner.votes(instance);
          }
          instance.setClassValue(row.label());
          learner.train(instance);
          return learner;
        });
    learned++;
  }

  byte[] write() {
    try {
      return JavaObjects.write(learner.classifier(), stream.header());
    } catch (ModelFormatException e) {
      throw new BrokenContractException(e.getMessage());
    }
  }

  void readBack() {
    byte[] image = write();
    imageSize = image.length;
    learner = read(image);
  }

  /** Bytes of the image that was last read. */
  int imageSize() {
    return imageSize;
  }

  byte[] canonical() {
    try {
      return JavaObjects.canonical(learner.classifier(), stream.header());
    } catch (ModelFormatException e) {
      throw new BrokenContractException(e.getMessage());
    }
  }

  private Learner read(byte[] image) {
    try {
      return new Learner(JavaObjects.read(image, Classifier.class, stream.header()), null);
    } catch (ModelFormatException e) {
      throw new BrokenContractException(e.getMessage());
    }
  }

  private <T> T attempt(String when, Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new BrokenContractException(e, when);
    }
  }
}

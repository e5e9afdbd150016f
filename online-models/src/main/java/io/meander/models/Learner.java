/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Instance;
import moa.classifiers.Classifier;

/** One MOA classifier with what it has learned. Mutable, owned by one model set on one thread. */
final class Learner {

  private final Classifier classifier;
  private final Header header;

  /**
   * @param header of the schema that it learns under
   */
  Learner(Classifier classifier, Header header) {
    this.classifier = classifier;
    this.header = header;
  }

  /** The header of the schema that it learns under. */
  Header header() {
    return header;
  }

  Classifier classifier() {
    return classifier;
  }

  /** Raw votes: may be shorter than the class list and add up to anything. */
  double[] votes(Instance instance) {
    return classifier.getVotesForInstance(instance);
  }

  /** Trains on an instance that has its class and a positive weight; it may be kept. */
  void train(Instance instance) {
    classifier.trainOnInstance(instance);
  }

  /** An independent copy that goes on bit for bit as this one would. */
  Learner copy() {
    return new Learner(JavaObjects.copy(classifier, Classifier.class, header.instances()), header);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.util.Random;
import java.util.Set;
import moa.classifiers.AbstractClassifier;
import moa.classifiers.Classifier;

/** Makes learners of MOA's option strings. Thread-safe. */
public final class Learners {

  private Learners() {}

  /** Names that an option string may begin with, without the {@code moa.classifiers.} prefix. */
  public static Set<String> names() {
    return MoaOptions.names(Classifier.class).keySet();
  }

  /**
   * Checks that MOA takes the string and that what it makes can be stored.
   *
   * @throws OptionStringException if not, with the reason
   */
  public static void check(String optionString) {
    Learner learner = prepare(optionString, SlotSpec.DEFAULT_SEED);
    try {
      JavaObjects.write(learner.classifier(), null);
    } catch (ModelFormatException e) {
      throw new OptionStringException(
          "'" + optionString + "' cannot be stored: " + e.getMessage(),
          optionString,
          java.util.List.of(),
          e);
    }
  }

  /** A new learner for instances under the context's header. */
  static Learner create(SlotSpec slot, ModelContext context) {
    return create(slot, context.header());
  }

  static Learner create(SlotSpec slot, InstancesHeader header) {
    Learner learner = prepare(slot.learner(), slot.seed());
    learner.classifier().setModelContext(header);
    return learner;
  }

  private static Learner prepare(String optionString, int seed) {
    Classifier classifier = MoaOptions.create(optionString, Classifier.class, "classifier");
    if (classifier instanceof AbstractClassifier made && made.classifierRandom == null) {
      made.classifierRandom = new Random(seed); // the AMRules hand the seed on to it
    }
    if (classifier.isRandomizable()) {
      classifier.setRandomSeed(seed);
    }
    try {
      classifier.prepareForUse();
    } catch (RuntimeException e) {
      throw new OptionStringException(
          "MOA cannot prepare '" + optionString + "': " + e.getMessage(),
          optionString,
          java.util.List.of(),
          e);
    }
    return new Learner(classifier);
  }
}

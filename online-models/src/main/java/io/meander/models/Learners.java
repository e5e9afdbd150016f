/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.InstancesHeader;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import moa.classifiers.AbstractClassifier;
import moa.classifiers.Classifier;
import moa.classifiers.core.driftdetection.ChangeDetector;
import moa.classifiers.functions.SGD;
import moa.options.OptionHandler;

/** Makes learners of MOA's option strings. Thread-safe. */
public final class Learners {

  private Learners() {}

  /** Names that an option string may begin with, without the {@code moa.classifiers.} prefix. */
  public static Set<String> names() {
    return MoaOptions.names(Classifier.class).keySet();
  }

  /**
   * Checks that a slot can hold what the string makes: MOA takes it, it does the task, no learner
   * in it is refused by the contract, and it can be stored.
   *
   * @throws OptionStringException if not, with the reason
   */
  public static void check(String optionString, Task task) {
    Classifier classifier = MoaOptions.create(optionString, Classifier.class, "classifier");
    LearnerVerdicts.refusedIn(classifier)
        .ifPresent(
            verdict -> {
              throw refused(
                  optionString,
                  verdict.name()
                      + " cannot be used: "
                      + verdict.reason()
                      + "; docs/learners.md lists what can be");
            });
    checkDetectors(optionString, classifier);
    Task found = LearnerVerdicts.of(classifier).task();
    boolean both = task == Task.REGRESSION && classifier.getClass() == SGD.class;
    if (both && !predictsNumbers((SGD) classifier)) {
      throw refused(
          optionString,
          "with this loss it tells two classes apart; give it -o SQUAREDLOSS for a regression");
    }
    if (found != task && !both) {
      throw refused(
          optionString,
          "it is for %s, not for %s; docs/learners.md lists the learners for each task"
              .formatted(found.noun(), task.noun()));
    }
    prepare(classifier, optionString, SlotSpec.DEFAULT_SEED);
    try {
      JavaObjects.write(classifier, null);
    } catch (ModelFormatException e) {
      throw new OptionStringException(
          "'" + optionString + "' cannot be stored: " + e.getMessage(), optionString, List.of(), e);
    }
  }

  /** MOA's SGD does both tasks, a regression by the squared loss. */
  private static boolean predictsNumbers(SGD linear) {
    return linear.lossFunctionOption.getChosenLabel().equals("SQUAREDLOSS");
  }

  private static void checkDetectors(String optionString, Classifier classifier) {
    for (ChangeDetector detector : LearnerVerdicts.detectorsIn((OptionHandler) classifier)) {
      String name = ((OptionHandler) detector).getCLICreationString(ChangeDetector.class).trim();
      Detectors.objectionWithinLearner(name)
          .ifPresent(
              reason -> {
                throw refused(
                    optionString,
                    "its detector '" + name + "' " + reason + "; docs/drift.md lists the others");
              });
    }
  }

  /**
   * Checks that what the string makes can tell so many classes apart.
   *
   * @param optionString one that {@link #check(String, Task)} takes
   * @throws OptionStringException if it, or a learner that its options name, takes two only
   */
  public static void checkClasses(String optionString, int classes) {
    if (classes <= 2) {
      return;
    }
    needing(optionString, LearnerVerdict.TWO_CLASSES_ONLY)
        .ifPresent(
            name -> {
              throw refused(
                  optionString,
                  "%s tells two classes apart and the label has %d; docs/learners.md lists the others"
                      .formatted(name, classes));
            });
  }

  /** The name of the first learner in the string, if any, that cannot take missing values. */
  public static Optional<String> withoutMissingValues(String optionString) {
    return needing(optionString, LearnerVerdict.NO_MISSING_VALUES);
  }

  private static Optional<String> needing(String optionString, String need) {
    Classifier classifier = MoaOptions.create(optionString, Classifier.class, "classifier");
    return LearnerVerdicts.needingIn(classifier, need).map(LearnerVerdict::name);
  }

  private static OptionStringException refused(String optionString, String reason) {
    return new OptionStringException(
        "'" + optionString + "': " + reason, optionString, List.of(), null);
  }

  /** A new learner under the context's newest schema. */
  static Learner create(SlotSpec slot, ModelContext context) {
    return create(slot, context.newest());
  }

  /** A new learner under one schema. */
  static Learner create(SlotSpec slot, Header header) {
    return new Learner(create(slot, header.instances()), header);
  }

  static Classifier create(SlotSpec slot, InstancesHeader header) {
    Classifier classifier = MoaOptions.create(slot.learner(), Classifier.class, "classifier");
    prepare(classifier, slot.learner(), slot.seed());
    classifier.setModelContext(header);
    return classifier;
  }

  private static void prepare(Classifier classifier, String optionString, int seed) {
    QuietRules.silence(classifier);
    if (classifier.isRandomizable()) {
      if (classifier instanceof AbstractClassifier made && made.classifierRandom == null) {
        made.classifierRandom = new Random(seed); // the AMRules hand the seed on to it
      }
      classifier.setRandomSeed(seed);
    }
    try {
      classifier.prepareForUse();
    } catch (RuntimeException e) {
      throw new OptionStringException(
          "MOA cannot prepare '" + optionString + "': " + e.getMessage(),
          optionString,
          List.of(),
          e);
    }
  }
}

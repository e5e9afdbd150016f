/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Set;
import moa.classifiers.Classifier;

/**
 * Which learners go on when a class is added at the end of the label's list: those that are then,
 * bit for bit, what they would be had the class been there from their first instance on. A test
 * proves it of each. The others begin anew.
 */
public final class AddedClass {

  /** By their names without the {@code moa.classifiers.} prefix. */
  static final Set<String> LEARNERS =
      Set.of(
          "active.ALRandom",
          "active.ALUncertainty",
          "bayes.NaiveBayes",
          "drift.DriftDetectionMethodClassifier",
          "drift.SingleClassifierDrift",
          "functions.MajorityClass",
          "functions.NoChange",
          "lazy.WeightedkNN",
          "lazy.kNN",
          "lazy.kNNwithPAW",
          "lazy.kNNwithPAWandADWIN",
          "meta.ADACC",
          "meta.ADOB",
          "meta.DACC",
          "meta.LearnNSE",
          "meta.LeveragingBag",
          "meta.OnlineSmoothBoost",
          "meta.OzaBag",
          "meta.OzaBagASHT",
          "meta.OzaBagAdwin",
          "meta.OzaBoost",
          "meta.OzaBoostAdwin",
          "meta.PairedLearners",
          "meta.WeightedMajorityAlgorithm",
          "meta.imbalanced.OnlineAdaBoost",
          "meta.imbalanced.OnlineAdaC2",
          "meta.imbalanced.OnlineRUSBoost",
          "meta.imbalanced.OnlineUnderOverBagging",
          "trees.ARFHoeffdingTree",
          "trees.ASHoeffdingTree",
          "trees.DecisionStump",
          "trees.EFDT",
          "trees.HoeffdingAdaptiveTree",
          "trees.HoeffdingAdaptiveTreeClassifLeaves",
          "trees.HoeffdingTree",
          "trees.HoeffdingTreeClassifLeaves",
          "trees.RandomHoeffdingTree");

  private AddedClass() {}

  /** Whether the learner of an option string goes on: it, and all that its options name. */
  public static boolean isTakenBy(String optionString) {
    Classifier classifier = MoaOptions.create(optionString, Classifier.class, "classifier");
    return LEARNERS.containsAll(LearnerVerdicts.namesIn(classifier));
  }
}

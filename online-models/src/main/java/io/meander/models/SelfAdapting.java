/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Set;
import java.util.regex.Pattern;

/** Which of MOA's learners watch their own error and forget by themselves when it drifts. */
public final class SelfAdapting {

  /** Names of classes, without their packages. */
  static final Set<String> NAMES =
      Set.of(
          "ADACC",
          "ADOB",
          "AMRulesRegressor",
          "AMRulesRegressorOld",
          "ARFFIMTDD",
          "AccuracyUpdatedEnsemble",
          "AdaHoeffdingOptionTree",
          "AdaptiveRandomForest",
          "AdaptiveRandomForestRegressor",
          "BOLE",
          "DACC",
          "DriftDetectionMethodClassifier",
          "DynamicWeightedMajority",
          "FIMTDD",
          "HoeffdingAdaptiveTree",
          "HoeffdingAdaptiveTreeClassifLeaves",
          "LearnNSE",
          "LeveragingBag",
          "ORTO",
          "OCBoost",
          "OzaBagASHT",
          "OzaBagAdwin",
          "OzaBoostAdwin",
          "RandomAMRules",
          "RandomAMRulesOld",
          "SAMkNN",
          "SingleClassifierDrift",
          "StreamingRandomPatches",
          "kNNwithPAWandADWIN");

  private static final Pattern BETWEEN = Pattern.compile("[^\\w]+");

  private SelfAdapting() {}

  /** Whether a learner's option string names one of them, also inside another. */
  public static boolean isOne(String optionString) {
    return BETWEEN.splitAsStream(optionString).anyMatch(NAMES::contains);
  }
}

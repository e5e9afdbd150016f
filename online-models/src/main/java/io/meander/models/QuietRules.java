/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.javacliparser.IntOption;
import moa.classifiers.rules.AbstractAMRules;
import moa.classifiers.rules.multilabel.AMRulesMultiLabelLearner;
import moa.options.OptionHandler;

/**
 * Keeps MOA's adaptive model rules from writing to standard output: their verbosity, which nothing
 * but their messages goes by, is 1 at least and by default, and at 1 they tell each anomaly. Who
 * asks for more in the option string gets it.
 */
final class QuietRules {

  private static final int DEFAULT = 1;

  private QuietRules() {}

  /** A learner just made of an option string, and those that its options hold. */
  static void silence(OptionHandler learner) {
    if (learner instanceof AMRulesMultiLabelLearner rules
        && rules.VerbosityOption.getValue() == DEFAULT) {
      rules.VerbosityOption = silent(rules.VerbosityOption);
    } else if (learner instanceof AbstractAMRules rules
        && rules.VerbosityOption.getValue() == DEFAULT) {
      rules.VerbosityOption = silent(rules.VerbosityOption);
    }
    for (Object part : LearnerVerdicts.parts(learner)) {
      if (part instanceof OptionHandler handler) {
        silence(handler);
      }
    }
  }

  private static IntOption silent(IntOption verbosity) {
    return new IntOption(
        verbosity.getName(), verbosity.getCLIChar(), verbosity.getPurpose(), 0, 0, 5);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.Set;
import moa.classifiers.MultiClassClassifier;
import moa.classifiers.MultiLabelLearner;
import moa.classifiers.MultiTargetRegressor;
import moa.classifiers.OneClassClassifier;
import moa.classifiers.Regressor;

/** Tells a learner's task from the interfaces that MOA gives it. */
final class LearnerTasks {

  /** They carry none of MOA's interfaces for tasks, and classify. */
  private static final Set<String> CLASSIFY =
      Set.of("active.ALRandom", "active.ALUncertainty", "rules.BinaryClassifierFromRegressor");

  private LearnerTasks() {}

  static Task of(String name) {
    Class<?> type = type(name);
    if (OneClassClassifier.class.isAssignableFrom(type)) {
      return Task.ANOMALY;
    }
    boolean manyLabels =
        MultiLabelLearner.class.isAssignableFrom(type)
            || MultiTargetRegressor.class.isAssignableFrom(type);
    boolean classifies = MultiClassClassifier.class.isAssignableFrom(type) && !manyLabels;
    if (classifies || CLASSIFY.contains(name)) {
      return Task.CLASSIFICATION;
    }
    return Regressor.class.isAssignableFrom(type) ? Task.REGRESSION : Task.OTHER;
  }

  /** Why a learner of the task {@link Task#OTHER} cannot fill a slot. */
  static String whyNot(String name) {
    return MultiLabelLearner.class.isAssignableFrom(type(name))
        ? "learns several labels at once: an event here has one"
        : "answers with an interval, not with votes";
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName("moa.classifiers." + name, false, LearnerTasks.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(name + " is none of MOA's classifiers", e);
    }
  }
}

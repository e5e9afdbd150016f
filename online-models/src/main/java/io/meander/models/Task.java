/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** What a learner answers. Slots classify so far. */
public enum Task {
  /** One weight per class. */
  CLASSIFICATION("classification"),
  /** A number. */
  REGRESSION("regression"),
  /** How unusual an instance is. */
  ANOMALY("finding anomalies"),
  /** What a slot has no place for: several labels at once, intervals. */
  OTHER("another task");

  private final String noun;

  Task(String noun) {
    this.noun = noun;
  }

  String noun() {
    return noun;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** What a learner answers. Slots classify so far. */
public enum Task {
  /** One weight per class. */
  CLASSIFICATION,
  /** A number. */
  REGRESSION,
  /** How unusual an instance is. */
  ANOMALY,
  /** What a slot has no place for: several labels at once, intervals. */
  OTHER
}

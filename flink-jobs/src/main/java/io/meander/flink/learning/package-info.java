/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The learning operator: keyed model sets in Flink's state, all decisions left to the reducer of
 * {@code online-models}. May import Flink's runtime, online-models and pipeline-spec; never MOA.
 */
package io.meander.flink.learning;

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;

/**
 * All that handling one record gave.
 *
 * @param sequence that of the record
 * @param answer the prediction, or null if the record was not an event
 * @param scored the score, or null if no label met its answer
 * @param drifts in the order they were raised
 */
public record Step(long sequence, Answer answer, Scored scored, List<DriftSignal> drifts) {}

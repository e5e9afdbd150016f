/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * An answer met its label.
 *
 * @param answer as it was served
 * @param label index in the class list, or the number
 * @param labelTime when the label was known, milliseconds since the epoch, or {@link
 *     Observation#NO_TIME}
 * @param reference what the answer is compared with, as MOA's evaluators do: for kappa-M the key's
 *     most frequent label, this one included; for the coefficient of determination the mean of the
 *     key's labels before this one
 */
public record Scored(Answer answer, double label, long labelTime, double reference) {}

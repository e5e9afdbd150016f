/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * An answer met its label.
 *
 * @param answer as it was served
 * @param label index in the class list
 * @param labelTime when the label was known, milliseconds since the epoch, or {@link
 *     Observation#NO_TIME}
 * @param majorityWithLabel the key's most frequent label, this one included: what MOA's kappa-M
 *     compares with
 */
public record Scored(Answer answer, int label, long labelTime, int majorityWithLabel) {}

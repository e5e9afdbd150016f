/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * From an event to a feature vector, as a pipeline's {@code features} declare it. May import Avro;
 * never Flink, never MOA.
 */
package io.meander.features;

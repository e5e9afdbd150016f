/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The learning core: learners, drift watches, scores, the model set of a key and the reducer that
 * changes it, and the codecs of what is stored and published. Plain Java: the same code learns in a
 * Flink job, in a test and in an application. May import Avro records, features and MOA; never
 * Flink. MOA's types do not leave this package: no public signature names one.
 */
package io.meander.models;

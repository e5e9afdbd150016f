/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The pipeline spec: YAML in, a checked {@link io.meander.spec.PipelineSpec} out, or errors with
 * their paths. May import online-models and below, Jackson and the JSON Schema validator; never
 * Flink, Kafka or MOA.
 */
package io.meander.spec;

/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What {@code meander init} infers of a data file: types, label, event time, key, id, leaks, and
 * the spec's text. May import Avro, cli.files, pipeline-spec and feature-transforms; writes nothing
 * itself.
 */
package io.meander.cli.init;

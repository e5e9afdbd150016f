/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What {@code meander init} infers of a data file: types, label, event time, key, id, leaks, and
 * the spec's text. Also what {@code validate} and {@code backtest} say of leaks. May import Avro,
 * cli.files, pipeline-spec, online-models and feature-transforms; writes nothing itself.
 */
package io.meander.cli.init;

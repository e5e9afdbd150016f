/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import java.io.Serializable;
import java.util.function.Function;

/** The text that becomes a record's key on Kafka; null for a record without one. */
@FunctionalInterface
public interface KeyText<T> extends Function<T, String>, Serializable {}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

import io.meander.features.UnfitEventException;
import org.apache.avro.generic.GenericRecord;

/**
 * A part of an expression, typed when it is compiled. All but texts are doubles, so that nothing is
 * boxed: a truth value is 0 or 1, a time is milliseconds since the epoch, a duration milliseconds,
 * and NaN is missing. Immutable and thread-safe.
 */
abstract class Node {

  private final Expression.Type type;

  Node(Expression.Type type) {
    this.type = type;
  }

  final Expression.Type type() {
    return type;
  }

  /** Whether it reads no field. */
  boolean isConstant() {
    return false;
  }

  /** Of all types but text; NaN if missing, never infinite. */
  double number(GenericRecord event) throws UnfitEventException {
    throw new IllegalStateException("a " + type + " has no number");
  }

  /** Of a text; null if missing. */
  String text(GenericRecord event) throws UnfitEventException {
    throw new IllegalStateException("a " + type + " has no text");
  }

  /** Whether there is no value. */
  final boolean isMissing(GenericRecord event) throws UnfitEventException {
    return type == Expression.Type.TEXT ? text(event) == null : Double.isNaN(number(event));
  }
}

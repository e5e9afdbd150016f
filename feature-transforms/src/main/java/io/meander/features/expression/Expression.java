/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

import io.meander.features.UnfitEventException;
import java.util.Locale;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * A value worked out from an event's fields. The syntax is CEL's, the Common Expression Language,
 * without comprehensions: no expression loops, so its cost is bounded by its length. Types are
 * checked when it is compiled, once; evaluating walks a tree of nodes and makes no objects but
 * texts.
 *
 * <p>It differs from CEL where a data scientist would be surprised: all numbers are doubles, so
 * that {@code distance / 8} of two whole numbers has its fraction; and nothing throws, a missing
 * field makes a missing result, as do a division by zero and an overflow. Immutable and
 * thread-safe.
 */
public final class Expression {

  /** What an expression gives. */
  public enum Type {
    NUMBER,
    BOOLEAN,
    TEXT,
    TIME,
    DURATION;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String text;
  private final Node root;

  private Expression(String text, Node root) {
    this.text = text;
    this.root = root;
  }

  /**
   * @throws ExpressionException if it cannot be compiled, saying where in it
   */
  public static Expression compile(String text, Schema event) {
    return new Expression(text, new ExpressionCompiler(text, event).compile());
  }

  /**
   * The fields that an expression reads, as paths.
   *
   * @throws ExpressionException if it is not of the syntax
   */
  public static Set<String> fields(String text) {
    return ExpressionCompiler.fields(text);
  }

  public Type type() {
    return root.type();
  }

  /**
   * Of any type but a text: a boolean as 0 or 1, a duration in seconds, a time in milliseconds
   * since the epoch.
   *
   * @return NaN if missing, never infinite
   * @throws UnfitEventException if a field holds what its type does not allow
   */
  public double number(GenericRecord event) throws UnfitEventException {
    double x = root.number(event);
    return root.type() == Type.DURATION ? x / 1000 : x;
  }

  /**
   * Of a text.
   *
   * @return null if missing
   * @throws UnfitEventException if a field holds what its type does not allow
   */
  public String text(GenericRecord event) throws UnfitEventException {
    return root.text(event);
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}

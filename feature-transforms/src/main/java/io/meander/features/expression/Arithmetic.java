/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

import static io.meander.features.expression.Expression.Type.DURATION;
import static io.meander.features.expression.Expression.Type.NUMBER;
import static io.meander.features.expression.Expression.Type.TEXT;
import static io.meander.features.expression.Expression.Type.TIME;

import io.meander.features.UnfitEventException;
import org.apache.avro.generic.GenericRecord;

/** What operators between two values do, and which types they take. */
final class Arithmetic {

  private Arithmetic() {}

  /**
   * The type that two operands make.
   *
   * @throws IllegalArgumentException if the operator does not take them
   */
  static Expression.Type result(String operator, Expression.Type x, Expression.Type y) {
    boolean numbers = x == NUMBER && y == NUMBER;
    boolean durations = x == DURATION && y == DURATION;
    Expression.Type result =
        switch (operator) {
          case "_+_" ->
              numbers || durations || (x == TEXT && y == TEXT)
                  ? x
                  : (x == TIME && y == DURATION) || (x == DURATION && y == TIME) ? TIME : null;
          case "_-_" ->
              numbers || durations || (x == TIME && y == DURATION)
                  ? x
                  : x == TIME && y == TIME ? DURATION : null;
          case "_*_" ->
              numbers
                  ? NUMBER
                  : (x == DURATION && y == NUMBER) || (x == NUMBER && y == DURATION)
                      ? DURATION
                      : null;
          case "_/_" ->
              numbers || durations ? NUMBER : x == DURATION && y == NUMBER ? DURATION : null;
          default -> numbers ? NUMBER : null;
        };
    if (result == null) {
      throw new IllegalArgumentException(
          "'"
              + operator.replace("_", "")
              + "' does not go between a "
              + x
              + " and a "
              + y
              + (x == TEXT || y == TEXT ? "; number(text) makes a number of a text" : "")
              + (x == TIME || y == TIME
                  ? "; a time takes a duration, as in departure + duration('30m'), or less another"
                      + " time is one"
                  : ""));
    }
    return result;
  }

  /** By zero is not a number, which is missing. */
  static Operators.Binary function(String operator) {
    return switch (operator) {
      case "_+_" -> Double::sum;
      case "_-_" -> (x, y) -> x - y;
      case "_*_" -> (x, y) -> x * y;
      case "_/_" -> (x, y) -> x / y;
      case "_%_" -> (x, y) -> x % y;
      case "_<_" -> (x, y) -> Operators.truth(x < y);
      case "_<=_" -> (x, y) -> Operators.truth(x <= y);
      case "_>_" -> (x, y) -> Operators.truth(x > y);
      case "_>=_" -> (x, y) -> Operators.truth(x >= y);
      case "_==_" -> (x, y) -> Operators.truth(x == y);
      case "_!=_" -> (x, y) -> Operators.truth(x != y);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  /** Texts compare by their UTF-16 units. */
  static Operators.OfTexts ofTexts(String operator) {
    return switch (operator) {
      case "_<_" -> (x, y) -> Operators.truth(x.compareTo(y) < 0);
      case "_<=_" -> (x, y) -> Operators.truth(x.compareTo(y) <= 0);
      case "_>_" -> (x, y) -> Operators.truth(x.compareTo(y) > 0);
      case "_>=_" -> (x, y) -> Operators.truth(x.compareTo(y) >= 0);
      case "_==_" -> (x, y) -> Operators.truth(x.equals(y));
      default -> (x, y) -> Operators.truth(!x.equals(y));
    };
  }

  /** Two texts, one after the other. */
  static Node join(Node x, Node y) {
    return new Node(TEXT) {
      @Override
      String text(GenericRecord event) throws UnfitEventException {
        String first = x.text(event);
        String second = y.text(event);
        return first == null || second == null ? null : first + second;
      }
    };
  }
}

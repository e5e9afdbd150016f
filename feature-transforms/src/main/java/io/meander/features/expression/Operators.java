/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

import io.meander.features.UnfitEventException;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;

/** Operators as nodes. A missing operand makes a missing result where nothing else is said. */
final class Operators {

  private Operators() {}

  /** Of one number. */
  interface Unary {
    double of(double x);
  }

  /** Of two numbers. */
  interface Binary {
    double of(double x, double y);
  }

  /** Of two texts, neither null: 0, 1 or a number. */
  interface OfTexts {
    double of(String x, String y);
  }

  /** The number; NaN, which is missing, in the place of an infinity. */
  static double finite(double x) {
    return Double.isInfinite(x) ? Double.NaN : x;
  }

  static double truth(boolean x) {
    return x ? 1 : 0;
  }

  static Node unary(Expression.Type result, Node operand, Unary function) {
    return new Node(result) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        double x = operand.number(event);
        return Double.isNaN(x) ? x : finite(function.of(x));
      }
    };
  }

  static Node binary(Expression.Type result, Node left, Node right, Binary function) {
    return new Node(result) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        double x = left.number(event);
        double y = right.number(event);
        return Double.isNaN(x) || Double.isNaN(y) ? Double.NaN : finite(function.of(x, y));
      }
    };
  }

  static Node ofTexts(Expression.Type result, Node left, Node right, OfTexts function) {
    return new Node(result) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        String x = left.text(event);
        String y = right.text(event);
        return x == null || y == null ? Double.NaN : function.of(x, y);
      }
    };
  }

  /** One side that decides alone, 0 of an and, 1 of an or, does so beside a missing one too. */
  static Node logical(Node left, Node right, double decisive) {
    return new Node(Expression.Type.BOOLEAN) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        double x = left.number(event);
        if (x == decisive) {
          return x;
        }
        double y = right.number(event);
        return y == decisive || Double.isNaN(y) ? y : x;
      }
    };
  }

  /** One of two; missing if the condition is. */
  static Node choice(Node condition, Node then, Node otherwise) {
    return new Node(then.type()) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        double x = condition.number(event);
        return Double.isNaN(x) ? x : (x == 1 ? then : otherwise).number(event);
      }

      @Override
      String text(GenericRecord event) throws UnfitEventException {
        double x = condition.number(event);
        return Double.isNaN(x) ? null : (x == 1 ? then : otherwise).text(event);
      }
    };
  }

  /** The first if there is one, else the second. */
  static Node either(Node first, Node second) {
    return new Node(first.type()) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        double x = first.number(event);
        return Double.isNaN(x) ? second.number(event) : x;
      }

      @Override
      String text(GenericRecord event) throws UnfitEventException {
        String x = first.text(event);
        return x == null ? second.text(event) : x;
      }
    };
  }

  static Node has(Node operand) {
    return new Node(Expression.Type.BOOLEAN) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        return truth(!operand.isMissing(event));
      }
    };
  }

  static Node in(Node operand, Set<String> texts) {
    return new Node(Expression.Type.BOOLEAN) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        String x = operand.text(event);
        return x == null ? Double.NaN : truth(texts.contains(x));
      }
    };
  }

  static Node in(Node operand, double[] numbers) {
    return unary(
        Expression.Type.BOOLEAN,
        operand,
        x -> {
          for (double number : numbers) {
            if (x == number) {
              return 1;
            }
          }
          return 0;
        });
  }
}

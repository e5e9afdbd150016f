/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

import static io.meander.features.expression.Expression.Type.BOOLEAN;
import static io.meander.features.expression.Expression.Type.DURATION;
import static io.meander.features.expression.Expression.Type.NUMBER;
import static io.meander.features.expression.Expression.Type.TEXT;
import static io.meander.features.expression.Expression.Type.TIME;

import dev.cel.common.CelIssue;
import dev.cel.common.CelSource;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import io.meander.features.FieldPath;
import io.meander.features.FieldPathException;
import io.meander.features.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;

/** Makes typed nodes of what CEL's parser makes of a text. Used once, by one thread. */
final class ExpressionCompiler {

  /** Characters of an expression at most. */
  private static final int LONGEST = 2_000;

  /** Without macros, so that there are no comprehensions. */
  private static final CelParser PARSER = CelParserFactory.standardCelParserBuilder().build();

  private final CelSource source;
  private final CelExpr parsed;
  private final Schema event;

  ExpressionCompiler(String text, Schema event) {
    try {
      CelValidationResult result = parse(text);
      this.source = result.getAst().getSource();
      this.parsed = result.getAst().getExpr();
    } catch (CelValidationException e) {
      throw new ExpressionException(0, e.getMessage(), e);
    }
    this.event = event;
  }

  private static CelValidationResult parse(String text) {
    if (text.length() > LONGEST) {
      throw new ExpressionException(
          LONGEST, "the expression is longer than " + LONGEST + " characters", null);
    }
    CelValidationResult result = PARSER.parse(text);
    if (result.hasError()) {
      CelIssue issue = result.getErrors().get(0);
      throw new ExpressionException(
          result.getSource().getLocationOffset(issue.getSourceLocation()).orElse(0),
          "is not of the syntax: " + issue.getMessage(),
          null);
    }
    return result;
  }

  Node compile() {
    return node(parsed);
  }

  static Set<String> fields(String text) {
    Set<String> fields = new LinkedHashSet<>();
    new ExpressionCompiler(text, null).collect(fields);
    return fields;
  }

  private void collect(Set<String> fields) {
    collect(parsed, fields);
  }

  private void collect(CelExpr expr, Set<String> fields) {
    Optional<String> path = path(expr);
    if (path.isPresent()) {
      fields.add(path.get());
      return;
    }
    switch (expr.getKind()) {
      case CALL -> {
        expr.call().target().ifPresent(target -> collect(target, fields));
        expr.call().args().forEach(arg -> collect(arg, fields));
      }
      case LIST -> expr.list().elements().forEach(element -> collect(element, fields));
      default -> {}
    }
  }

  /** What reads a field: a name, a name after a dot, an entry in brackets, {@code field('x-y')}. */
  private static Optional<String> path(CelExpr expr) {
    return switch (expr.getKind()) {
      case IDENT -> Optional.of(expr.ident().name());
      case SELECT -> path(expr.select().operand()).map(of -> of + "." + expr.select().field());
      case CALL -> {
        CelExpr.CelCall call = expr.call();
        if (call.function().equals("_[_]") && isText(call.args().get(1))) {
          yield path(call.args().get(0))
              .map(of -> of + "['" + call.args().get(1).constant().stringValue() + "']");
        }
        boolean named = call.function().equals("field") && call.target().isEmpty();
        yield named && call.args().size() == 1 && isText(call.args().get(0))
            ? Optional.of(call.args().get(0).constant().stringValue())
            : Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  private static boolean isText(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE;
  }

  private Node node(CelExpr expr) {
    Optional<String> path = path(expr);
    try {
      if (path.isPresent()) {
        return Fields.of(FieldPath.of(path.get(), event));
      }
      return switch (expr.getKind()) {
        case CONSTANT -> constant(expr.constant());
        case CALL -> call(expr.call());
        default ->
            throw new IllegalArgumentException(
                "an expression has fields, numbers, texts, operators and functions, nothing else");
      };
    } catch (ExpressionException e) {
      throw e;
    } catch (FieldPathException | IllegalArgumentException e) {
      throw new ExpressionException(position(expr), e.getMessage(), e);
    }
  }

  private int position(CelExpr expr) {
    return source.getPositionsMap().getOrDefault(expr.id(), 0);
  }

  private static Node constant(CelConstant constant) {
    return switch (constant.getKind()) {
      case INT64_VALUE -> Constants.number(NUMBER, (double) constant.int64Value());
      case DOUBLE_VALUE -> Constants.number(NUMBER, constant.doubleValue());
      case BOOLEAN_VALUE -> Constants.number(BOOLEAN, Operators.truth(constant.booleanValue()));
      case STRING_VALUE -> Constants.text(constant.stringValue());
      case NULL_VALUE ->
          throw new IllegalArgumentException(
              "null stands for nothing here: write has(field) or !has(field)");
      default ->
          throw new IllegalArgumentException("a number, a text, true or false can stand here");
    };
  }

  private Node call(CelExpr.CelCall call) {
    String function = call.function();
    if (function.equals("@in")) {
      return in(node(call.args().get(0)), call.args().get(1));
    }
    List<Node> args = new ArrayList<>();
    call.target().ifPresent(target -> args.add(node(target)));
    call.args().forEach(arg -> args.add(node(arg)));
    if (Functions.names().contains(function)) {
      try {
        return Functions.call(function, args);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(function + "() " + e.getMessage(), e);
      }
    }
    return switch (function) {
      case "_+_", "_-_", "_*_", "_/_", "_%_" -> arithmetic(function, args.get(0), args.get(1));
      case "_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_" ->
          comparison(function, args.get(0), args.get(1));
      case "_&&_" -> Operators.logical(truth(args.get(0)), truth(args.get(1)), 0);
      case "_||_" -> Operators.logical(truth(args.get(0)), truth(args.get(1)), 1);
      case "!_" -> Operators.unary(BOOLEAN, truth(args.get(0)), x -> 1 - x);
      case "-_" -> negative(args.get(0));
      case "_?_:_" -> choice(args.get(0), args.get(1), args.get(2));
      default ->
          throw new IllegalArgumentException(
              "unknown function '"
                  + function
                  + "'"
                  + NearestName.suggestion(function, Functions.names())
                  + " (there are "
                  + String.join(", ", Functions.names())
                  + ")");
    };
  }

  private static Node truth(Node node) {
    if (node.type() != BOOLEAN) {
      throw new IllegalArgumentException(
          "&&, || and ! take booleans, not a " + node.type() + ": compare it, as in x > 0");
    }
    return node;
  }

  private static Node negative(Node node) {
    if (node.type() != NUMBER && node.type() != DURATION) {
      throw new IllegalArgumentException("- takes a number or a duration, not a " + node.type());
    }
    return Operators.unary(node.type(), node, x -> -x);
  }

  private static Node choice(Node condition, Node then, Node otherwise) {
    if (condition.type() != BOOLEAN || then.type() != otherwise.type()) {
      throw new IllegalArgumentException(
          "takes a boolean ? one value : another of its type, not a "
              + condition.type()
              + " ? "
              + then.type()
              + " : "
              + otherwise.type());
    }
    return Operators.choice(condition, then, otherwise);
  }

  private static Node arithmetic(String operator, Node x, Node y) {
    Expression.Type result = Arithmetic.result(operator, x.type(), y.type());
    if (result == TEXT) {
      return Arithmetic.join(x, y);
    }
    return Operators.binary(result, x, y, Arithmetic.function(operator));
  }

  private static Node comparison(String operator, Node x, Node y) {
    if (x.type() != y.type()) {
      throw new IllegalArgumentException(
          "a " + x.type() + " and a " + y.type() + " cannot be compared" + advice(x, y));
    }
    return x.type() == TEXT
        ? Operators.ofTexts(BOOLEAN, x, y, Arithmetic.ofTexts(operator))
        : Operators.binary(BOOLEAN, x, y, Arithmetic.function(operator));
  }

  private static String advice(Node x, Node y) {
    Set<Expression.Type> types = Set.of(x.type(), y.type());
    if (types.equals(Set.of(TEXT, NUMBER))) {
      return "; number(text) makes a number, string(number) a text";
    }
    if (types.contains(TIME) && types.contains(TEXT)) {
      return "; timestamp(text) makes a time";
    }
    if (types.contains(DURATION)) {
      return "; duration('30m') is a duration, minutes(d) its number";
    }
    return "";
  }

  private Node in(Node operand, CelExpr list) {
    if (list.getKind() != CelExpr.ExprKind.Kind.LIST) {
      throw new IllegalArgumentException("in takes a list of constants, such as x in ['a', 'b']");
    }
    Set<String> texts = new LinkedHashSet<>();
    List<Double> numbers = new ArrayList<>();
    for (CelExpr element : list.list().elements()) {
      Node value = node(element);
      if (value.type() != operand.type() || element.getKind() != CelExpr.ExprKind.Kind.CONSTANT) {
        throw new ExpressionException(
            position(element), "the list is to hold constants, each a " + operand.type(), null);
      }
      if (value.type() == TEXT) {
        texts.add(element.constant().stringValue());
      } else {
        numbers.add(number(element.constant()));
      }
    }
    return operand.type() == TEXT
        ? Operators.in(operand, Set.copyOf(texts))
        : Operators.in(operand, numbers.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static double number(CelConstant constant) {
    return switch (constant.getKind()) {
      case INT64_VALUE -> (double) constant.int64Value();
      case DOUBLE_VALUE -> constant.doubleValue();
      default -> Operators.truth(constant.booleanValue());
    };
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.expression;

import static io.meander.features.expression.Expression.Type.BOOLEAN;
import static io.meander.features.expression.Expression.Type.DURATION;
import static io.meander.features.expression.Expression.Type.NUMBER;
import static io.meander.features.expression.Expression.Type.TEXT;
import static io.meander.features.expression.Expression.Type.TIME;

import io.meander.features.LocalClock;
import io.meander.features.UnfitEventException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.generic.GenericRecord;

/** The functions that an expression may call; there are no others. */
final class Functions {

  private static final Pattern DURATION_PART = Pattern.compile("([0-9]+)(ms|s|m|h|d)");

  private static final Map<String, Double> UNITS =
      Map.of("ms", 1.0, "s", 1e3, "m", 60e3, "h", 3600e3, "d", 86_400e3);

  private static final Map<String, Function<List<Node>, Node>> FUNCTIONS = new TreeMap<>();

  static {
    number("abs", Math::abs);
    number("sqrt", x -> x < 0 ? Double.NaN : Math.sqrt(x));
    number("log", x -> x > 0 ? StrictMath.log(x) : Double.NaN);
    number("exp", StrictMath::exp);
    number("floor", Math::floor);
    number("ceil", Math::ceil);
    number("round", Math::rint);
    numbers("min", Math::min);
    numbers("max", Math::max);
    numbers("pow", StrictMath::pow);
    duration("seconds", 1e3);
    duration("minutes", 60e3);
    duration("hours", 3600e3);
    duration("days", 86_400e3);
    texts("contains", (x, y) -> Operators.truth(x.contains(y)));
    texts("startsWith", (x, y) -> Operators.truth(x.startsWith(y)));
    texts("endsWith", (x, y) -> Operators.truth(x.endsWith(y)));
    time("getHours", LocalClock::hour);
    time("getMinutes", LocalClock::minute);
    time("getDayOfWeek", local -> (LocalClock.weekday(local) + 1) % 7);
    time("getDayOfMonth", local -> LocalClock.date(local).getDayOfMonth() - 1);
    time("getDayOfYear", local -> LocalClock.date(local).getDayOfYear() - 1);
    time("getMonth", local -> LocalClock.date(local).getMonthValue() - 1);
    time("getFullYear", local -> LocalClock.date(local).getYear());
    FUNCTIONS.put("size", Functions::size);
    FUNCTIONS.put("lowerCase", Functions::lowerCase);
    FUNCTIONS.put("number", Functions::toNumber);
    FUNCTIONS.put("string", Functions::toText);
    FUNCTIONS.put("duration", Functions::toDuration);
    FUNCTIONS.put("timestamp", Functions::toTime);
    FUNCTIONS.put("has", args -> Operators.has(only(args)));
    FUNCTIONS.put("coalesce", Functions::coalesce);
  }

  private Functions() {}

  static Collection<String> names() {
    return FUNCTIONS.keySet();
  }

  /**
   * @param args of a method such as {@code text.contains('x')}, the text first
   * @throws IllegalArgumentException if the arguments do not fit
   */
  static Node call(String name, List<Node> args) {
    return FUNCTIONS.get(name).apply(args);
  }

  private static void number(String name, Operators.Unary function) {
    FUNCTIONS.put(
        name,
        args -> {
          check(args, NUMBER);
          return Operators.unary(NUMBER, args.get(0), function);
        });
  }

  private static void numbers(String name, Operators.Binary function) {
    FUNCTIONS.put(
        name,
        args -> {
          check(args, NUMBER, NUMBER);
          return Operators.binary(NUMBER, args.get(0), args.get(1), function);
        });
  }

  private static void duration(String name, double unit) {
    FUNCTIONS.put(
        name,
        args -> {
          check(args, DURATION);
          return Operators.unary(NUMBER, args.get(0), x -> x / unit);
        });
  }

  private static void texts(String name, Operators.OfTexts function) {
    FUNCTIONS.put(
        name,
        args -> {
          check(args, TEXT, TEXT);
          return Operators.ofTexts(BOOLEAN, args.get(0), args.get(1), function);
        });
  }

  /** Part of a local time, as CEL counts it, in UTC or in the zone that a second argument names. */
  private static void time(String name, LongToIntFunction part) {
    FUNCTIONS.put(
        name,
        args -> {
          ZoneId zone;
          if (args.size() == 2) {
            check(args, TIME, TEXT);
            zone = zone(constant(args.get(1), "the zone"));
          } else {
            check(args, TIME);
            zone = ZoneId.of("UTC");
          }
          LocalClock clock = new LocalClock(zone);
          return Operators.unary(NUMBER, args.get(0), x -> part.applyAsInt(clock.local((long) x)));
        });
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'" + name + "' is no time zone such as America/New_York", e);
    }
  }

  private static Node size(List<Node> args) {
    check(args, TEXT);
    Node text = args.get(0);
    return new Node(NUMBER) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        String x = text.text(event);
        return x == null ? Double.NaN : x.codePointCount(0, x.length());
      }
    };
  }

  private static Node lowerCase(List<Node> args) {
    check(args, TEXT);
    Node text = args.get(0);
    return new Node(TEXT) {
      @Override
      String text(GenericRecord event) throws UnfitEventException {
        String x = text.text(event);
        return x == null ? null : x.toLowerCase(Locale.ROOT);
      }
    };
  }

  /** A truth value as 0 or 1; a text that is no number is missing. */
  private static Node toNumber(List<Node> args) {
    Node x = only(args);
    if (x.type() == BOOLEAN) {
      return Operators.unary(NUMBER, x, truth -> truth);
    }
    check(args, TEXT);
    return new Node(NUMBER) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        String text = x.text(event);
        try {
          return text == null ? Double.NaN : Operators.finite(Double.parseDouble(text));
        } catch (NumberFormatException e) {
          return Double.NaN;
        }
      }
    };
  }

  /** Whole numbers without a point, others as Java writes them. */
  private static Node toText(List<Node> args) {
    Node x = only(args);
    if (x.type() != NUMBER && x.type() != BOOLEAN) {
      throw new IllegalArgumentException("takes a number or a boolean, not " + x.type());
    }
    return new Node(TEXT) {
      @Override
      String text(GenericRecord event) throws UnfitEventException {
        double number = x.number(event);
        if (Double.isNaN(number)) {
          return null;
        }
        if (x.type() == BOOLEAN) {
          return number == 1 ? "true" : "false";
        }
        boolean whole = number == Math.rint(number) && Math.abs(number) < 1L << 53;
        return whole ? Long.toString((long) number) : Double.toString(number);
      }
    };
  }

  private static Node toDuration(List<Node> args) {
    check(args, TEXT);
    String text = constant(args.get(0), "a duration");
    Matcher part = DURATION_PART.matcher(text);
    double millis = 0;
    int end = 0;
    while (part.find() && part.start() == end) {
      millis += Double.parseDouble(part.group(1)) * UNITS.get(part.group(2));
      end = part.end();
    }
    if (end == 0 || end < text.length() || millis > Duration.ofDays(3_652_500).toMillis()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no duration such as 500ms, 30s, 5m, 1h30m or 7d");
    }
    return Constants.number(DURATION, millis);
  }

  /** Of ISO-8601 text, constant or not, or of a number of milliseconds since the epoch. */
  private static Node toTime(List<Node> args) {
    Node x = only(args);
    if (x.type() == NUMBER) {
      return Operators.unary(TIME, x, millis -> Math.abs(millis) < 1e15 ? millis : Double.NaN);
    }
    check(args, TEXT);
    if (x.isConstant()) {
      String text = constant(x, "a time");
      double millis = millis(text);
      if (Double.isNaN(millis)) {
        throw new IllegalArgumentException(
            "'" + text + "' is no time such as 2001-02-01T00:00:00Z");
      }
      return Constants.number(TIME, millis);
    }
    return new Node(TIME) {
      @Override
      double number(GenericRecord event) throws UnfitEventException {
        String text = x.text(event);
        return text == null ? Double.NaN : millis(text);
      }
    };
  }

  private static double millis(String text) {
    try {
      return (double) Instant.parse(text).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      return Double.NaN;
    }
  }

  private static Node coalesce(List<Node> args) {
    if (args.size() < 2) {
      throw new IllegalArgumentException("takes two values or more, the first that is there");
    }
    Node result = args.get(args.size() - 1);
    for (int i = args.size() - 2; i >= 0; i--) {
      if (args.get(i).type() != result.type()) {
        throw new IllegalArgumentException(
            "takes values of one type, not " + args.get(i).type() + " and " + result.type());
      }
      result = Operators.either(args.get(i), result);
    }
    return result;
  }

  private static String constant(Node node, String what) {
    try {
      if (node.isConstant()) {
        return node.text(null);
      }
    } catch (UnfitEventException e) {
      throw new IllegalStateException("a constant reads no event", e);
    }
    throw new IllegalArgumentException(what + " stands there as it is, in quotes");
  }

  private static Node only(List<Node> args) {
    if (args.size() != 1) {
      throw new IllegalArgumentException("takes one value, not " + args.size());
    }
    return args.get(0);
  }

  private static void check(List<Node> args, Expression.Type... types) {
    List<Expression.Type> found = args.stream().map(Node::type).toList();
    if (!found.equals(List.of(types))) {
      throw new IllegalArgumentException("takes " + List.of(types) + ", not " + found);
    }
  }
}

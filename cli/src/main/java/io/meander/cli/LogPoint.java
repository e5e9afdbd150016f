/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A point in keys' update logs: after so many facts, or what had been sent at a time.
 *
 * @param position {@link Long#MAX_VALUE} if there is none to stop at
 * @param timeOrNull null if it does not matter
 */
record LogPoint(long position, Instant timeOrNull) {

  private static final LogPoint END = new LogPoint(Long.MAX_VALUE, null);

  /**
   * Which point of which key.
   *
   * @param othersOrNull of keys that are not named; null to leave those out
   */
  record Points(Map<String, LogPoint> byKey, LogPoint othersOrNull) {

    /** Null if the key is not asked for. */
    LogPoint ofOrNull(String key) {
      return byKey.getOrDefault(key, othersOrNull);
    }

    Set<String> named() {
      return byKey.keySet();
    }
  }

  /**
   * @param texts each {@code POSITION}, {@code TIME}, {@code KEY=POSITION} or {@code KEY=TIME}
   */
  static Points of(List<String> texts, CommandSpec command) {
    Map<String, LogPoint> byKey = new HashMap<>();
    LogPoint others = null;
    for (String text : texts) {
      int cut = text.lastIndexOf('=');
      LogPoint point = of(text.substring(cut + 1), text, command);
      if (cut >= 0) {
        byKey.put(text.substring(0, cut), point);
      } else {
        others = point;
      }
    }
    return new Points(byKey, texts.isEmpty() ? END : others);
  }

  private static LogPoint of(String point, String text, CommandSpec command) {
    try {
      return point.matches("[0-9]+")
          ? new LogPoint(Long.parseLong(point), null)
          : new LogPoint(Long.MAX_VALUE, Instant.parse(point));
    } catch (DateTimeParseException | NumberFormatException e) {
      throw Usage.wrong(
          command,
          "--at: found '%s'; allowed: a position such as 1200, or a time such as".formatted(text)
              + " 2026-01-31T08:00:00Z, of all keys or as KEY=POSITION, KEY=TIME");
    }
  }
}

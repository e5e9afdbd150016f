/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.features.EventTimeReader;
import io.meander.features.FieldPath;
import io.meander.features.UnfitEventException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Texts that are times.
 *
 * @param formatOrNull the pattern they are read by; null for ISO-8601
 * @param millis since the epoch, one per text
 */
record TimeText(String formatOrNull, double[] millis) {

  /** In the order in which they are tried. Day before month where both would do. */
  private static final List<String> FORMATS =
      List.of(
          "yyyy-MM-dd HH:mm:ss",
          "yyyy-MM-dd HH:mm",
          "yyyy/MM/dd HH:mm:ss",
          "yyyy/MM/dd HH:mm",
          "yyyy/MM/dd",
          "dd.MM.yyyy HH:mm:ss",
          "dd.MM.yyyy HH:mm",
          "dd.MM.yyyy",
          "d/M/yyyy H:mm:ss",
          "d/M/yyyy H:mm",
          "d/M/yyyy",
          "M/d/yyyy H:mm:ss",
          "M/d/yyyy H:mm",
          "M/d/yyyy");

  /** The first form that all texts have; empty if there is none. */
  static Optional<TimeText> of(FieldPath field, List<String> texts) {
    if (texts.isEmpty() || !looksLikeOne(texts.get(0))) {
      return Optional.empty();
    }
    List<String> formats = new ArrayList<>();
    formats.add(null);
    formats.addAll(FORMATS);
    for (String format : formats) {
      Optional<TimeText> times = read(field, texts, format);
      if (times.isPresent()) {
        return times;
      }
    }
    return Optional.empty();
  }

  private static boolean looksLikeOne(String text) {
    return text.length() >= 8 && text.length() <= 40 && text.matches("\\d{1,4}[-./].*\\d.*");
  }

  private static Optional<TimeText> read(FieldPath field, List<String> texts, String formatOrNull) {
    EventTimeReader reader = new EventTimeReader(field, formatOrNull, ZoneOffset.UTC);
    double[] millis = new double[texts.size()];
    for (int i = 0; i < millis.length; i++) {
      try {
        millis[i] = reader.read(texts.get(i));
      } catch (UnfitEventException e) {
        return Optional.empty();
      }
    }
    return Optional.of(new TimeText(formatOrNull, millis));
  }
}

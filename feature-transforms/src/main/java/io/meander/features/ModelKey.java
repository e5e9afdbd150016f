/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of a model key: its parts joined by {@code |}, with {@code \} before a {@code |} or a
 * {@code \} that belongs to a part. The key of a pipeline without key fields is {@value
 * #WHOLE_STREAM}.
 */
public final class ModelKey {

  /** The key of a pipeline that keeps one model set for the whole stream. */
  public static final String WHOLE_STREAM = "all";

  static final char SEPARATOR = '|';
  static final char ESCAPE = '\\';

  private ModelKey() {}

  public static String join(String... parts) {
    if (parts.length == 1 && isPlain(parts[0])) {
      return parts[0];
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      if (i > 0) {
        text.append(SEPARATOR);
      }
      appendEscaped(parts[i], text);
    }
    return text.toString();
  }

  /**
   * The parts that {@link #join} made the text of.
   *
   * @throws IllegalArgumentException if the text ends in the middle of an escape, so that join did
   *     not make it
   */
  public static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == SEPARATOR) {
        parts.add(part.toString());
        part.setLength(0);
        continue;
      }
      if (c == ESCAPE) {
        i++;
        if (i == text.length()) {
          throw new IllegalArgumentException(
              "'" + text + "' is not a model key: it ends with a single " + ESCAPE);
        }
      }
      part.append(text.charAt(i));
    }
    parts.add(part.toString());
    return parts;
  }

  /** The record key of one slot's snapshots: the model key with the slot's id as a last part. */
  public static String withSlot(String key, String slot) {
    StringBuilder text = new StringBuilder(key).append(SEPARATOR);
    appendEscaped(slot, text);
    return text.toString();
  }

  private static boolean isPlain(String part) {
    return part.indexOf(SEPARATOR) < 0 && part.indexOf(ESCAPE) < 0;
  }

  private static void appendEscaped(String part, StringBuilder text) {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c == SEPARATOR || c == ESCAPE) {
        text.append(ESCAPE);
      }
      text.append(c);
    }
  }
}

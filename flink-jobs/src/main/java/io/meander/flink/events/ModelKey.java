/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

/**
 * The text of a model key: its parts joined by {@code |}, with {@code \} before a {@code |} or a
 * {@code \} that belongs to a part. The key of a pipeline without key fields is the empty text.
 */
public final class ModelKey {

  private static final char SEPARATOR = '|';
  private static final char ESCAPE = '\\';

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

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import java.util.Locale;

/** Constants as specs write them, and as whatever speaks of a spec does. */
public final class SpecWords {

  private SpecWords() {}

  /** {@code AT_LEAST_ONCE} is {@code at-least-once}. */
  public static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.util.Set;

/** How text files write a missing value. */
final class Missing {

  private static final Set<String> WORDS = Set.of("", "?", "NA", "NaN");

  private Missing() {}

  static boolean is(String cell) {
    return WORDS.contains(cell);
  }
}

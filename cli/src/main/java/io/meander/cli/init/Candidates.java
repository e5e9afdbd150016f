/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A choice among fields: the chosen ones, why, and what else could have been chosen.
 *
 * @param fields the chosen; none if the part is left out of the spec
 * @param reason one line
 * @param others one short text each
 */
record Candidates(List<FieldSample> fields, String reason, List<String> others) {

  private static final int OTHERS_SHOWN = 4;

  boolean isNone() {
    return fields.isEmpty();
  }

  List<String> names() {
    return fields.stream().map(FieldSample::name).toList();
  }

  boolean has(FieldSample field) {
    return fields.contains(field);
  }

  /** The other candidates in one text, the first few by name; empty if there are none. */
  String otherText() {
    String shown = others.stream().limit(OTHERS_SHOWN).collect(Collectors.joining(", "));
    int more = others.size() - OTHERS_SHOWN;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  /** A whole number with its thousands parted. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}

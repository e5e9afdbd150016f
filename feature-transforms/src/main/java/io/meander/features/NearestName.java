/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The valid names that somebody may have meant, for error messages. */
public final class NearestName {

  private static final int MOST = 3;

  private NearestName() {}

  /**
   * A candidate and how many edits it is away.
   *
   * @param length of the longer of the two texts compared
   */
  private record Distance(String name, int edits, int length) {
    boolean isNear() {
      return edits <= Math.max(1, length / 3);
    }
  }

  /**
   * At most three of the valid names, the likeliest first; empty if none is near. A name is near if
   * a third of it or less would have to change, letter case aside, and no other needs two changes
   * less, or if its last dotted part is the one found.
   */
  public static List<String> of(String found, Collection<String> valid) {
    String wanted = found.toLowerCase(Locale.ROOT);
    List<Distance> near =
        valid.stream()
            .distinct()
            .filter(name -> !wanted.isBlank())
            .map(name -> distance(wanted, name))
            .filter(Distance::isNear)
            .sorted(Comparator.comparingInt(Distance::edits).thenComparing(Distance::name))
            .limit(MOST)
            .toList();
    return near.stream()
        .filter(d -> d.edits() <= near.get(0).edits() + 1)
        .map(Distance::name)
        .toList();
  }

  /** {@code "; did you mean 'a' or 'b'?"}, or the empty text if nothing is near. */
  public static String suggestion(String found, Collection<String> valid) {
    List<String> nearest = of(found, valid);
    return nearest.isEmpty()
        ? ""
        : nearest.stream()
            .map(name -> "'" + name + "'")
            .collect(Collectors.joining(" or ", "; did you mean ", "?"));
  }

  /**
   * To the whole name, or to its last dotted part if that is nearer and nothing dotted was found.
   */
  private static Distance distance(String found, String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    Distance whole = distance(found, name, name);
    Distance part = distance(found, name, last);
    return found.indexOf('.') < 0 && part.edits() < whole.edits() ? part : whole;
  }

  private static Distance distance(String found, String name, String compared) {
    return new Distance(
        name,
        edits(found, compared.toLowerCase(Locale.ROOT)),
        Math.max(found.length(), compared.length()));
  }

  /** Levenshtein's distance, two neighbours swapped counting as one edit. */
  private static int edits(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}

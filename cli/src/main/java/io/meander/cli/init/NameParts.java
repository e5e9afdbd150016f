/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The words that a field's name is made of, and what they hint at. */
final class NameParts {

  private static final Pattern BLANK = Pattern.compile(" ");

  private static final Set<String> LABELS = words("label class target y truth response");

  private static final Set<String> LABEL_WORDS =
      words(
          "label class target fraud fraudulent churn churned anomaly spam late delayed "
              + "defaulted clicked converted failed failure");

  /** What models are often kept for. */
  private static final Set<String> KEYS =
      words(
          "key device sensor machine merchant customer user account card client store shop "
              + "station meter turbine vehicle host symbol ticker tenant site plant airline "
              + "carrier origin airport route metric series product item seller driver depot "
              + "warehouse branch");

  private static final Set<String> IDS = words("id uuid guid nr no number ref");

  private static final Set<String> TIMES =
      words(
          "timestamp datetime time ts date at when scheduled planned created event start "
              + "started begin departure ordered occurred received");

  /** Said of what was planned, or is known from the start. */
  private static final Set<String> PLANNED =
      words(
          "scheduled schedule planned plan expected estimated crs promised due expiry "
              + "expires expiration valid");

  /** Said of what is only known afterwards, whatever else is in the event. */
  private static final Set<String> AFTERWARDS =
      words("actual outcome resolved chargeback refunded realized");

  /** Said of ends, which are known afterwards if the event tells of a plan. */
  private static final Set<String> ENDS =
      words(
          "arrival arrived arr landed landing delivered delivery completed completion "
              + "finished finish ended end closed returned elapsed delay cancelled canceled "
              + "diverted settled");

  private static final Set<String> BIRTHS = Set.of("birth", "birthday", "birthdate", "dob", "born");

  private final String whole;
  private final List<String> words;

  private NameParts(String whole, List<String> words) {
    this.whole = whole;
    this.words = words;
  }

  /**
   * Of the last name in a field's path: words are parted by anything but letters and digits, and by
   * capitals.
   */
  static NameParts of(String path) {
    String name = path.substring(path.lastIndexOf('.') + 1);
    String spaced = name.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    List<String> words =
        Arrays.stream(spaced.split("[^a-z0-9]+")).filter(word -> !word.isEmpty()).toList();
    return new NameParts(name.toLowerCase(Locale.ROOT), words);
  }

  private static Set<String> words(String text) {
    return Set.copyOf(Arrays.asList(BLANK.split(text)));
  }

  boolean isLabel() {
    return LABELS.contains(whole);
  }

  boolean hintsAtLabel() {
    return words.stream().anyMatch(LABEL_WORDS::contains);
  }

  boolean hintsAtKey() {
    return words.stream().anyMatch(KEYS::contains);
  }

  /** Whether it is called an id, by its last word. */
  boolean hintsAtId() {
    return !words.isEmpty() && IDS.contains(words.get(words.size() - 1));
  }

  boolean hintsAtTime() {
    return words.stream().anyMatch(TIMES::contains) && !hintsAtBirth();
  }

  boolean hintsAtBirth() {
    return words.stream().anyMatch(BIRTHS::contains);
  }

  boolean isPlanned() {
    return words.stream().anyMatch(PLANNED::contains);
  }

  /** The word that says what is known only afterwards; null if none does. */
  String afterwardsOrNull(boolean besideAPlan) {
    if (isPlanned()) {
      return null;
    }
    return words.stream()
        .filter(word -> AFTERWARDS.contains(word) || (besideAPlan && ENDS.contains(word)))
        .findFirst()
        .orElse(null);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Texts as YAML 1.1 has them. */
final class YamlText {

  private static final Pattern BARE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

  /** Bare, they would be booleans or nothing. */
  private static final Set<String> WORDS =
      Set.of("yes", "no", "true", "false", "on", "off", "null", "y", "n");

  private static final Pattern BLANKS = Pattern.compile("[ \\p{Cntrl}\\u2028\\u2029\\ufeff]+");

  private static final int WIDTH = 96;

  private YamlText() {}

  /** A name, quoted if YAML would not take it for the text that it is. */
  static String name(String text) {
    return BARE.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT))
        ? text
        : quoted(text);
  }

  static String names(List<String> names) {
    return names.stream().map(YamlText::name).collect(Collectors.joining(", ", "[", "]"));
  }

  static String quotedList(List<String> texts) {
    return texts.stream().map(YamlText::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (isPrintable(c)) {
        quoted.append(c);
      } else {
        quoted.append(String.format("\\u%04x", (int) c));
      }
    }
    return quoted.append('"').toString();
  }

  private static boolean isPrintable(char c) {
    return (c >= ' ' && c <= '~')
        || (c >= '\u00a0' && c <= '\ufffd' && c != '\ufeff' && c != '\u2028' && c != '\u2029');
  }

  /** A comment in lines of a bearable width, each ended. */
  static String comment(String indent, String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(indent).append('#');
    for (String word : BLANKS.split(text, 0)) {
      if (line.length() + 1 + word.length() > WIDTH && line.length() > indent.length() + 1) {
        lines.add(line.toString());
        line = new StringBuilder(indent).append('#');
      }
      line.append(' ').append(word);
    }
    lines.add(line.toString());
    return String.join("\n", lines) + "\n";
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads sizes such as 32MB: a whole number and KB, MB or GB, each 1024 of the one before. */
public final class Bytes {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})(KB|MB|GB)");

  private Bytes() {}

  /**
   * @throws IllegalArgumentException if the text is not of this form
   */
  public static long parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a size such as 500KB, 32MB or 1GB");
    }
    long number = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "KB" -> number << 10;
      case "MB" -> number << 20;
      default -> number << 30;
    };
  }
}

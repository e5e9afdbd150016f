/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Events per second.
 *
 * @param perSecond above 0; infinite for as fast as it goes
 */
record Rate(double perSecond) {

  static final Rate UNLIMITED = new Rate(Double.POSITIVE_INFINITY);

  boolean isLimited() {
    return !Double.isInfinite(perSecond);
  }

  /** Reads {@code 2000/s}, {@code 2000} or {@code max}. */
  static final class Converter implements ITypeConverter<Rate> {

    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)(?:/s)?");

    @Override
    public Rate convert(String text) {
      if (text.equals("max")) {
        return UNLIMITED;
      }
      Matcher matcher = FORM.matcher(text);
      double number = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
      if (number <= 0) {
        throw new TypeConversionException(
            "'%s' is not a rate; write 2000/s, 2000 or max".formatted(text));
      }
      return new Rate(number);
    }
  }
}

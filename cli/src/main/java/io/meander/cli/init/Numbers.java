/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as a spec shows them. */
final class Numbers {

  private static final MathContext SHORT = new MathContext(3, RoundingMode.HALF_EVEN);
  private static final MathContext SHOWN = new MathContext(6, RoundingMode.HALF_EVEN);

  private Numbers() {}

  /** To three digits, whole numbers below a million as they are. */
  static double rounded(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e6
        ? value
        : BigDecimal.valueOf(value).round(SHORT).doubleValue();
  }

  /** Exactly, without an exponent. */
  static String text(double value) {
    return plain(BigDecimal.valueOf(value));
  }

  /** To six digits. */
  static String shown(double value) {
    BigDecimal rounded = BigDecimal.valueOf(value).round(SHOWN);
    return Math.abs(value) >= 1e15 || (value != 0 && Math.abs(value) < 1e-9)
        ? rounded.stripTrailingZeros().toString()
        : plain(rounded);
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }
}

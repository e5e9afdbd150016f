/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * The standard normal distribution by the rational approximations of S. L. Moshier's Cephes library
 * (ndtr), in the order of operations of {@code weka.core.Statistics}, so that what compares its
 * answers with a threshold decides as with Weka.
 */
final class NormalDistribution {

  /** Square root of one half. */
  private static final double SQRT_HALF = 0.7071067811865476;

  /** Logarithm of the largest number. */
  private static final double MAX_LOG = 709.782712893384;

  /**
   * Numerator and denominator of erf below 1; a denominator's first coefficient, 1, is left out.
   */
  private static final double[] T = {
    9.604973739870516, 90.02601972038427, 2232.005345946843, 7003.325141128051, 55592.30130103949
  };

  private static final double[] U = {
    33.56171416475031, 521.3579497801527, 4594.323829709801, 22629.000061389095, 49267.39426086359
  };

  /** Of erfc from 1 to 8. */
  private static final double[] P = {
    2.461969814735305E-10,
    0.5641895648310689,
    7.463210564422699,
    48.63719709856814,
    196.5208329560771,
    526.4451949954773,
    934.5285271719576,
    1027.5518868951572,
    557.5353353693994
  };

  private static final double[] Q = {
    13.228195115474499,
    86.70721408859897,
    354.9377788878199,
    975.7085017432055,
    1823.9091668790973,
    2246.3376081871097,
    1656.6630919416134,
    557.5353408177277
  };

  /** Of erfc from 8 on. */
  private static final double[] R = {
    0.5641895835477551,
    1.275366707599781,
    5.019050422511805,
    6.160210979930536,
    7.4097426995044895,
    2.9788666537210022
  };

  private static final double[] S = {
    2.2605286322011726,
    9.396035249380015,
    12.048953980809666,
    17.08144507475659,
    9.608968090632859,
    3.369076451000815
  };

  private NormalDistribution() {}

  /**
   * The probability of a number below one that is not negative.
   *
   * @param z 0 or more, or NaN
   */
  static double below(double z) {
    double x = z * SQRT_HALF;
    return x < SQRT_HALF ? 0.5 + 0.5 * erf(x) : 1.0 - 0.5 * erfc(x);
  }

  /** Below 1. */
  private static double erf(double x) {
    double square = x * x;
    return x * polynomial(square, T[0], T) / polynomial(square, square + U[0], U);
  }

  private static double erfc(double x) {
    if (x < 1.0) {
      return 1.0 - erf(x);
    }
    if (-x * x < -MAX_LOG) {
      return 0;
    }
    double z = Math.exp(-x * x);
    return x < 8.0
        ? z * polynomial(x, P[0], P) / polynomial(x, x + Q[0], Q)
        : z * polynomial(x, R[0], R) / polynomial(x, x + S[0], S);
  }

  /**
   * By Horner's rule.
   *
   * @param first what stands for the first coefficient
   */
  private static double polynomial(double x, double first, double[] coefficients) {
    double sum = first;
    for (int i = 1; i < coefficients.length; i++) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}

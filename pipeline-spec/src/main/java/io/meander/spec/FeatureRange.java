/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

/** The least and the greatest number that a feature had in some data. */
public record FeatureRange(double least, double greatest) {

  boolean isWithin(double low, double high) {
    return least >= low && greatest <= high;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.transform;

import java.util.List;

/**
 * A transform of a user's own, which specs name: {@code {name: away, transform: distance-from-last,
 * fields: [latitude, longitude], with: {unit: km}}}. It is found by {@link
 * java.util.ServiceLoader}: its class is public, has a public constructor without parameters, and
 * is listed in its jar's {@code META-INF/services/io.meander.features.transform.UserTransform}.
 * Name, version, class and options are part of every fingerprint of the features that it makes.
 */
public interface UserTransform {

  /** As specs name it: letters, digits, {@code -}, {@code _} and {@code .}. */
  String name();

  /**
   * From 1; raised whenever the same events would give other values, or what is remembered changes
   * its layout. Several versions may be there at once: specs get the highest, models that still
   * learn from an earlier one the earlier one.
   */
  int version();

  /** What may stand under {@code with}, in the order of the documentation. */
  default List<TransformOption> options() {
    return List.of();
  }

  /**
   * The feature with these options.
   *
   * @param with a value for every one of the {@link #options}
   * @throws IllegalArgumentException if these options do not go together, saying why: an error of
   *     the spec
   */
  UserFeature feature(TransformOptions with);
}

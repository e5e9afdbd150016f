/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;

/**
 * A slot as it is wanted: which learner, under which id.
 *
 * @param id unique in a key's model set; see {@link #RESERVED} for those that cannot be used
 * @param learner MOA's option string, with or without the {@code moa.classifiers.} prefix
 * @param seed for MOA's random behaviour; MOA's own default is {@value #DEFAULT_SEED}
 */
public record SlotSpec(String id, String learner, int seed) implements Serializable {

  public static final int DEFAULT_SEED = 1;

  /** The id of what was served, where that is no slot's answer or is told beside the slots'. */
  public static final String SERVED = "served";

  /** The id of a key's frozen twin. */
  public static final String FROZEN = "frozen";

  /** Ids that results use for what is not a declared slot. */
  public static final java.util.List<String> RESERVED =
      java.util.List.of(SERVED, FROZEN, "no_change", "majority", "mean");
}

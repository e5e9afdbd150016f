/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.features.NearestName;
import java.util.Collection;
import java.util.List;

/** There is no model of that name; says which are near. */
public final class UnknownModelException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Above so many names, looking for the nearest takes longer than an answer may. */
  private static final int COMPARED = 20_000;

  private final List<String> nearest;

  UnknownModelException(String message, String asked, Collection<String> known) {
    this(message, known.size() > COMPARED ? List.of() : NearestName.of(asked, known));
  }

  private UnknownModelException(String message, List<String> nearest) {
    super(nearest.isEmpty() ? message : message + "; did you mean " + quoted(nearest) + "?");
    this.nearest = nearest;
  }

  private static String quoted(List<String> names) {
    return "'" + String.join("' or '", names) + "'";
  }

  /** The likeliest first; may be empty. */
  public List<String> nearest() {
    return nearest;
  }
}

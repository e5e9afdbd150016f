/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import java.util.List;
import java.util.stream.Collectors;

/** A spec that cannot be run, with all that is wrong with it. */
public final class SpecException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<SpecError> errors;

  SpecException(List<SpecError> errors) {
    super(errors.stream().map(SpecError::toString).collect(Collectors.joining("\n")));
    this.errors = List.copyOf(errors);
  }

  SpecException(String path, String message) {
    this(List.of(new SpecError(path, message)));
  }

  /**
   * The same of one of several specs: its errors say which.
   *
   * @param spec its path or URI
   */
  public SpecException of(String spec) {
    return new SpecException(
        errors().stream()
            .map(
                error ->
                    error.path().equals(spec)
                        ? error
                        : new SpecError(spec + ": " + error.path(), error.message()))
            .toList());
  }

  public List<SpecError> errors() {
    return errors == null ? List.of() : errors;
  }
}

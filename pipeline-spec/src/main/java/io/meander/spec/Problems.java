/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What is wrong with a spec, collected while it is read. Not thread-safe. */
final class Problems {

  private final List<SpecError> errors;
  private final Set<String> unusable;

  /**
   * @param errors found before: values at their paths are left alone
   */
  Problems(List<SpecError> errors) {
    this.errors = new ArrayList<>(errors);
    this.unusable = errors.stream().map(SpecError::path).collect(Collectors.toSet());
  }

  void add(String path, String message) {
    errors.add(new SpecError(path, message));
  }

  /** Whether the value at a path was found wrong before reading began. */
  boolean unusable(String path) {
    return unusable.contains(path);
  }

  /** Whether there is an error at one of the paths or below it. */
  boolean touch(String path) {
    return errors.stream()
        .map(SpecError::path)
        .anyMatch(p -> p.equals(path) || p.startsWith(path + ".") || p.startsWith(path + "["));
  }

  void throwIfAny() throws SpecException {
    if (!errors.isEmpty()) {
      throw new SpecException(errors);
    }
  }
}

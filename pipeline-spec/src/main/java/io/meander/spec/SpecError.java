/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

/**
 * One thing wrong with a spec.
 *
 * @param path where in the YAML, as {@code slots[1].learner}; the file's name if it is about the
 *     file
 * @param message what was found, what is allowed, the nearest valid name
 */
public record SpecError(String path, String message) {
  @Override
  public String toString() {
    return path + ": " + message;
  }
}

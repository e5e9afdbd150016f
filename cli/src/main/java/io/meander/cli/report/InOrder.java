/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Puts numbered results back in order. Numbers come without gaps, each once; one that comes again,
 * after a restart, is dropped.
 *
 * @param <T> a result
 */
final class InOrder<T> {

  private final Consumer<T> next;
  private final Map<Long, Optional<T>> waiting = new HashMap<>();
  private long expected;

  InOrder(Consumer<T> next) {
    this.next = next;
  }

  /**
   * @param resultOrNull null if the number has nothing to hand on
   * @return whether the number is new
   */
  boolean add(long number, T resultOrNull) {
    if (number < expected
        || waiting.putIfAbsent(number, Optional.ofNullable(resultOrNull)) != null) {
      return false;
    }
    for (Optional<T> result = waiting.remove(expected);
        result != null;
        result = waiting.remove(expected)) {
      expected++;
      result.ifPresent(next);
    }
    return true;
  }

  /** Hands on what is left, though numbers are missing before it. */
  void flush() {
    waiting.keySet().stream().sorted().toList().forEach(n -> waiting.remove(n).ifPresent(next));
  }
}

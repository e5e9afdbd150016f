/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.FreezeSpec;
import io.meander.models.FrozenTwin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What models of several ages are tested on: the same events for all of them, from {@code start}
 * on. The twin of an age was frozen that long before the start.
 *
 * @param ages the youngest first
 */
public record DecayTest(Instant start, List<Age> ages) {

  public DecayTest {
    ages = List.copyOf(ages);
  }

  /**
   * An age at the start of the test.
   *
   * @param text as it was asked for, such as {@code 7d}
   */
  public record Age(String text, Duration age) {

    /** Id of the twin's slot. */
    String twin() {
      return FrozenTwin.AGED + text;
    }
  }

  Instant frozenAt(Age age) {
    return start.minus(age.age());
  }

  /** The twins that a pipeline must keep for the test. */
  public List<FrozenTwin> twins() {
    return ages.stream()
        .map(age -> new FrozenTwin(age.twin(), new FreezeSpec.At(frozenAt(age))))
        .toList();
  }
}

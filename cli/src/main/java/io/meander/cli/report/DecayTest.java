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
 * @param length of the test
 * @param ages the youngest first
 */
public record DecayTest(Instant start, Duration length, List<Age> ages) {

  /** What the curve may be cut into, the longest first; the last one if the test is that short. */
  private static final List<Duration> STRETCHES =
      List.of(
          Duration.ofDays(1),
          Duration.ofHours(6),
          Duration.ofHours(1),
          Duration.ofMinutes(10),
          Duration.ofMinutes(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1));

  /** Fewer points make no curve; a week still goes by days. */
  private static final int FEWEST_STRETCHES = 7;

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

  /** What the live curve is cut into: days, or less where the test is shorter than a week. */
  Duration stretch() {
    return STRETCHES.stream()
        .filter(stretch -> length.compareTo(stretch.multipliedBy(FEWEST_STRETCHES)) >= 0)
        .findFirst()
        .orElse(STRETCHES.get(STRETCHES.size() - 1));
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

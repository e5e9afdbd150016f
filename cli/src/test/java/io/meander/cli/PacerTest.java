/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacerTest {

  @Test
  void holdsEventsBackToTheRate() throws Exception {
    Pacer pacer = new Pacer(new Rate(1000), Double.POSITIVE_INFINITY);
    long start = System.nanoTime();

    for (int i = 0; i <= 100; i++) {
      pacer.awaitNext();
    }

    // A sleep shorter than a millisecond is left to the next event.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(98));
  }

  @Test
  void holdsEventsBackToTheirTimesMadeFaster() throws Exception {
    Pacer pacer = new Pacer(Rate.UNLIMITED, 3600);
    long start = System.nanoTime();

    pacer.awaitNext(1_000_000_000_000L);
    pacer.awaitNext(1_000_000_000_000L + Duration.ofMinutes(6).toMillis());

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(98));
  }

  @Test
  void canBeInterruptedEvenWhenNothingHoldsItBack() {
    Pacer pacer = new Pacer(Rate.UNLIMITED, Double.POSITIVE_INFINITY);
    Thread.currentThread().interrupt();

    assertThatThrownBy(pacer::awaitNext).isInstanceOf(InterruptedException.class);
  }
}

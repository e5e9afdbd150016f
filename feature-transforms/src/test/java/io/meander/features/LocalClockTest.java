/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalClockTest {

  private static final long EARLIEST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
  private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Z", "+05:30", "America/Chicago", "Australia/Lord_Howe"})
  void showsWhatJavasOwnClockDoes(String name) {
    ZoneId zone = ZoneId.of(name);
    LocalClock clock = new LocalClock(zone);
    Random random = new Random(4);
    for (int i = 0; i < 20_000; i++) {
      long millis =
          i % 2 == 0
              ? random.nextLong(EARLIEST, LATEST)
              : 954_000_000_000L + 450_000L * i; // through a year and its two changes of the clock
      LocalDateTime expected = Instant.ofEpochMilli(millis).atZone(zone).toLocalDateTime();
      long local = clock.local(millis);
      assertThat(local).isEqualTo(expected.toInstant(ZoneOffset.UTC).toEpochMilli());
      assertThat(LocalClock.hour(local)).isEqualTo(expected.getHour());
      assertThat(LocalClock.minute(local)).isEqualTo(expected.getMinute());
      assertThat(LocalClock.weekday(local)).isEqualTo(expected.getDayOfWeek().getValue() - 1);
      assertThat(LocalClock.date(local)).isEqualTo(expected.toLocalDate());
    }
  }
}

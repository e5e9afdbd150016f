/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  @Test
  void figuresAreThoseWorkedOutByHand() {
    Calibration calibration = new Calibration();
    calibration.add(0, 0, new double[] {0.8, 0.2}); // 0.04 + 0.04
    calibration.add(1, 0, new double[] {0.9, 0.1}); // 0.81 + 0.81
    calibration.add(0, 0, new double[] {0.84, 0.16}); // 0.0256 + 0.0256
    calibration.add(1, 1, new double[] {0, 1}); // 0

    assertThat(calibration.brier()).isCloseTo((0.08 + 1.62 + 0.0512) / 4, within(1e-12));
    // Bin 8: two right at 0.8 and 0.84; bin 9: one wrong at 0.9, one right at 1.
    assertThat(calibration.error()).isCloseTo((0.36 + 0.9) / 4, within(1e-12));
    assertThat(calibration.binOrNull(8))
        .isEqualTo(new Calibration.Bin(0.8, 0.9, 2, (0.8 + 0.84) / 2, 1));
    assertThat(calibration.binOrNull(9)).isEqualTo(new Calibration.Bin(0.9, 1, 2, 0.95, 0.5));
    assertThat(calibration.binOrNull(0)).isNull();
  }

  @Test
  void nothingIsUndefined() {
    assertThat(new Calibration().brier()).isNaN();
    assertThat(new Calibration().error()).isNaN();
  }

  @Test
  void partsMergeToTheWhole() {
    Random random = new Random(3);
    Calibration whole = new Calibration();
    Calibration[] parts = {new Calibration(), new Calibration(), new Calibration()};
    for (int i = 0; i < 3000; i++) {
      double[] votes = {random.nextInt(17) / 16.0, 0};
      votes[1] = 1 - votes[0];
      int predicted = votes[0] >= votes[1] ? 0 : 1;
      int label = random.nextInt(2);
      whole.add(label, predicted, votes);
      parts[random.nextInt(3)].add(label, predicted, votes);
    }

    parts[0].merge(parts[1]);
    parts[0].merge(parts[2]);

    // Sixteenths add up without rounding in any order.
    assertThat(parts[0]).usingRecursiveComparison().isEqualTo(whole);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DuelTest {

  private static final double SURE = 0.95;

  @Test
  void evidenceIsTheLikelihoodRatioOfTheWins() {
    Duel duel = new Duel(1, 1);
    for (int i = 0; i < 9; i++) {
      duel.add(i % 3 > 0);
    }

    // 2^9 6! 3! / 10! is below 1: no evidence.
    assertThat(duel.won()).isEqualTo(6);
    assertThat(duel.lost()).isEqualTo(3);
    assertThat(duel.confidence()).isZero();
    for (int i = 0; i < 12; i++) {
      duel.add(true);
    }
    // 2^21 18! 3! / 22!
    double evidence = Math.pow(2, 21) * 6 / (19.0 * 20 * 21 * 22);
    assertThat(duel.confidence()).isEqualTo(1 - 1 / evidence, within(1e-12));
  }

  @Test
  void eightWinsInARowAreTheFirstToBeSure() {
    Duel duel = new Duel(1, 1);
    for (int i = 0; i < 7; i++) {
      duel.add(true);
      assertThat(duel.showsBetter(SURE)).isFalse();
    }
    duel.add(true);

    assertThat(duel.showsBetter(SURE)).isTrue();
    assertThat(duel.showsWorse(SURE)).isFalse();
  }

  @Test
  void equallyGoodSlotsAreSeldomToldApartHoweverOftenOneLooks() {
    Random random = new Random(7);
    int duels = 2000;
    int shown = 0;
    for (int i = 0; i < duels; i++) {
      Duel duel = new Duel(1, 1);
      for (int label = 0; label < 2000; label++) {
        duel.add(random.nextBoolean());
        if (duel.showsBetter(SURE) || duel.showsWorse(SURE)) {
          shown++;
          break;
        }
      }
    }

    assertThat(shown).isBetween(10, (int) (duels * (1 - SURE)));
  }

  @Test
  void comesBackFromItsBytes() throws Exception {
    Duel duel = new Duel(3, 4);
    for (int i = 0; i < 20; i++) {
      duel.add(i % 5 > 0);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    duel.write(new DataOutputStream(bytes));

    Duel read = Duel.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

    assertThat(read).usingRecursiveComparison().isEqualTo(duel);
    assertThat(read.isBetween(3, 4)).isTrue();
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.meander.features.FieldPath;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;

class OneFieldKappaTest {

  private static final int ROWS = 2000;

  private final int[] draws = new Random(3).ints(ROWS, 0, 1000).toArray();

  @Test
  void findsANumberThatIsTheLabelBehindAThreshold() {
    assertThat(kappa(row -> draws[row], row -> draws[row] > 700 ? 1 : 0)).isGreaterThan(99);
  }

  @Test
  void findsANumberThatIsTheLabelBehindAnInterval() {
    assertThat(kappa(row -> draws[row], row -> draws[row] / 250 % 2)).isGreaterThan(98);
  }

  @Test
  void findsThatBeingMissingIsTheLabel() {
    assertThat(kappa(row -> draws[row] > 900 ? -1 : row % 7, row -> draws[row] > 900 ? 1 : 0))
        .isEqualTo(100);
  }

  @Test
  void isNotTakenInByARowNumberBesideALabelThatComesInRuns() {
    assertThat(kappa(row -> row, row -> row / 150 % 2)).isLessThan(80);
  }

  @Test
  void isAboutZeroWithoutAConnection() {
    assertThat(kappa(row -> draws[row], row -> row * 31 % 17 % 2)).isCloseTo(0, within(10.0));
  }

  @Test
  void isUndefinedIfThereIsHardlyASecondClass() {
    assertThat(kappa(row -> draws[row], row -> row == 300 ? 1 : 0)).isNaN();
  }

  /**
   * @param value a row's, -1 for missing
   */
  private static double kappa(IntUnaryOperator value, IntUnaryOperator label) {
    FieldSample field = field();
    int[] classOf = new int[ROWS];
    for (int row = 0; row < ROWS; row++) {
      int number = value.applyAsInt(row);
      field.add(number == -1 ? Double.NaN : number);
      classOf[row] = label.applyAsInt(row);
    }
    field.seal();
    return new OneFieldKappa(classOf, 2).of(field);
  }

  private static FieldSample field() {
    return new FieldSample(
        FieldPath.of("x", SchemaBuilder.record("Row").fields().requiredDouble("x").endRecord()),
        FieldSample.Kind.NUMBER,
        false);
  }
}

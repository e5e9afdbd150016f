/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.FeatureSchema.Column;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeenValuesTest {

  private static final double NONE = Double.NaN;
  private static final FeatureSchema SCHEMA =
      new FeatureSchema(
          List.of(
              Column.numeric("x"),
              new Column("colour", List.of("red", "blue")),
              Column.numeric("y")));

  private final MissingValues mean =
      new MissingValues(Collections.nCopies(3, MissingPolicy.MEAN), SCHEMA);
  private final MissingValues last =
      new MissingValues(Collections.nCopies(3, MissingPolicy.LAST), SCHEMA);

  @Test
  void fillsInTheMeanOfTheValuesSoFar() {
    SeenValues seen = mean.none();
    assertThat(seen.complete(row(1, 0, NONE))).containsExactly(1, 0, NONE);
    assertThat(seen.complete(row(4, 0, 10))).containsExactly(4, 0, 10);
    assertThat(seen.complete(row(NONE, 1, NONE))).containsExactly(2.5, 1, 10);
    assertThat(seen.complete(row(NONE, 1, 20))).containsExactly(2.5, 1, 20);
    assertThat(seen.complete(row(5, 1, NONE))).containsExactly(5, 1, 15);
  }

  @Test
  void fillsInTheLastValue() {
    SeenValues seen = last.none();
    assertThat(seen.complete(row(NONE, 0, 3))).containsExactly(NONE, 0, 3);
    assertThat(seen.complete(row(7, 0, NONE))).containsExactly(7, 0, 3);
    assertThat(seen.complete(row(NONE, 0, 9))).containsExactly(7, 0, 9);
  }

  @Test
  void leavesNominalsAndTheGivenVectorAlone() {
    SeenValues seen = last.none();
    seen.complete(row(1, 1, 1));
    double[] vector = row(NONE, NONE, 2);
    assertThat(seen.complete(vector)).containsExactly(1, NONE, 2);
    assertThat(vector).containsExactly(NONE, NONE, 2);
  }

  @Test
  void handsOutACompleteVectorAsItIs() {
    double[] vector = row(1, 0, 2);
    assertThat(mean.none().complete(vector)).isSameAs(vector);
  }

  @Test
  void staysFiniteBetweenTheLargestNumbers() {
    SeenValues seen = mean.none();
    seen.complete(row(Double.MAX_VALUE, 0, 0));
    seen.complete(row(-Double.MAX_VALUE, 0, 0));
    assertThat(seen.complete(row(NONE, 0, 0))[0]).isZero();
  }

  @Test
  void goesOnTheSameAfterBeingWrittenAndRead() throws Exception {
    for (MissingValues rules : List.of(mean, last)) {
      Random random = new Random(5);
      SeenValues kept = rules.none();
      SeenValues stored = rules.none();
      for (int i = 0; i < 500; i++) {
        double[] row =
            row(
                random.nextInt(3) == 0 ? NONE : random.nextGaussian(),
                random.nextInt(2),
                random.nextInt(9) == 0 ? NONE : random.nextDouble());
        assertThat(stored.complete(row)).containsExactly(kept.complete(row));
        if (random.nextInt(5) == 0) {
          stored = rules.read(stored.write());
        }
      }
      assertThat(stored.write()).isEqualTo(kept.write());
    }
  }

  @Test
  void keepsItsLayout() {
    SeenValues seen = mean.none();
    seen.complete(row(1, 0, NONE));
    seen.complete(row(2, 0, NONE));
    assertThat(seen.write())
        .startsWith(1)
        .endsWith(
            0, 0, 0, 0, 0, 0, 0, 2, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0)
        .hasSize(1 + 8 + 2 * 16);
  }

  @Test
  void eachColumnHasItsPolicy() {
    MissingValues rules =
        new MissingValues(
            List.of(MissingPolicy.LAST, MissingPolicy.KEEP, MissingPolicy.MEAN), SCHEMA);
    SeenValues seen = rules.none();
    seen.complete(row(1, 0, 1));
    seen.complete(row(2, 0, 2));
    assertThat(seen.complete(row(NONE, 0, NONE))).containsExactly(2, 0, 1.5);
    MissingValues one =
        new MissingValues(
            List.of(MissingPolicy.ZERO, MissingPolicy.LAST, MissingPolicy.LAST), SCHEMA);
    seen = one.none();
    seen.complete(row(1, 0, 1));
    assertThat(seen.complete(row(NONE, NONE, NONE))).containsExactly(NONE, NONE, 1);
    assertThat(new MissingValues(Collections.nCopies(3, MissingPolicy.ZERO), SCHEMA).isEmpty())
        .isTrue();
  }

  @Test
  void refusesBytesThatAreNotItsOwn() {
    byte[] bytes = mean.none().write();
    byte[] newer = bytes.clone();
    newer[0] = 2;
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    MissingValues other =
        new MissingValues(
            Collections.nCopies(2, MissingPolicy.MEAN),
            new FeatureSchema(List.of(Column.numeric("x"), Column.numeric("z"))));

    assertThatThrownBy(() -> mean.read(newer)).hasMessageContaining("is of format 2");
    assertThatThrownBy(() -> mean.read(cut)).hasMessageContaining("does not fit");
    assertThatThrownBy(() -> mean.read(new byte[3])).hasMessageContaining("only 3 bytes");
    assertThatThrownBy(() -> other.read(bytes)).hasMessageContaining("other feature columns");
  }

  private static double[] row(double x, double colour, double y) {
    return new double[] {x, colour, y};
  }
}

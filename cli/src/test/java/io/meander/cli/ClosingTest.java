/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTest {

  private final List<String> closed = new ArrayList<>();

  @Test
  void closesLastOpenedFirstAndOnceDespiteFailures() {
    Closing closing = new Closing(() -> closed.add("signal"));
    AutoCloseable broker = closing.add(() -> closed.add("broker"));
    closing.add(
        () -> {
          closed.add("flink");
          throw new IllegalStateException("will not stop");
        });

    closing.close();
    closing.close();

    assertThat(broker).isNotNull();
    assertThat(closed).containsExactly("flink", "broker");
  }

  @Test
  void closesAtOnceWhatIsStartedAfterwards() {
    Closing closing = new Closing(() -> {});
    closing.close();

    assertThatThrownBy(() -> closing.add(() -> closed.add("late")))
        .isInstanceOf(CommandFailure.class);

    assertThat(closed).containsExactly("late");
  }

  @Test
  void leavesWhatIsToGoOn() {
    Closing closing = new Closing(() -> {});
    closing.add(() -> closed.add("cluster"));

    closing.keep();
    closing.close();

    assertThat(closed).isEmpty();
  }
}

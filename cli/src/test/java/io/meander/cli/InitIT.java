/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class InitIT {

  @TempDir Path directory;

  @Test
  void writesASpecThatRunsOverItsFileWithoutRejects() throws Exception {
    Path file = InitFile.parcels(directory.resolve("parcels.csv"));
    Path spec = directory.resolve("parcels.yaml");
    assertThat(Command.run("init", file, "--out", spec).exitCode()).isZero();

    Command backtest =
        Command.run("backtest", spec, "--events", file, "--out", directory.resolve("results"));

    assertThat(backtest.exitCode()).as(backtest.err()).isZero();
    assertThat(backtest.out()).contains("600 events of 5 keys, 600 labels, 0 rejects");
  }

  @Test
  void writesARegressionThatRunsOverItsFileWithoutRejects() throws Exception {
    Path file = InitFile.parcels(directory.resolve("parcels.csv"));
    Path spec = directory.resolve("delays.yaml");
    Command init =
        Command.run("init", file, "--label", "delay_minutes", "--key", "none", "--out", spec);
    assertThat(init.exitCode()).as(init.err()).isZero();

    Command backtest =
        Command.run("backtest", spec, "--events", file, "--out", directory.resolve("results"));

    assertThat(backtest.exitCode()).as(backtest.err()).isZero();
    assertThat(backtest.out())
        .contains("600 events of 1 key, 600 labels, 0 rejects")
        .contains("MAE");
  }
}

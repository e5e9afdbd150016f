/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example's transform through whole backtests. */
class OwnTransformIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void tellsALearnerWhatTheFieldsAloneDoNotAtAnyParallelism() throws Exception {
    Path events = Travels.events(folder);
    JsonNode without = backtest(Travels.spec(folder, false), events, "without", 1);
    Path spec = Travels.spec(folder, true);
    JsonNode with = backtest(spec, events, "with", 1);
    backtest(spec, events, "again", 3);

    assertThat(with.at("/served/kappa").asDouble()).isGreaterThan(90);
    assertThat(without.at("/served/kappa").asDouble()).isLessThan(75);
    assertThat(Travels.votes(folder.resolve("again")))
        .hasSize(Travels.EVENTS)
        .isEqualTo(Travels.votes(folder.resolve("with")));
  }

  @Test
  void anEventOnWhichItFailsIsARejectInItsPlace() throws Exception {
    JsonNode metrics = backtest(Travels.spec(folder, true), Travels.events(folder), "out", 2);

    assertThat(metrics.path("rejects").asLong()).isEqualTo(1);
    assertThat(metrics.path("predictions").asLong()).isEqualTo(Travels.EVENTS);
    assertThat(Files.readAllLines(folder.resolve("out/rejects.csv")).get(1))
        .startsWith("failed-transform,travels.csv," + (Travels.EVENTS / 2 + 2))
        .contains(Travels.REJECT)
        .contains("nowhere");
  }

  private JsonNode backtest(Path spec, Path events, String name, int parallelism) throws Exception {
    Path out = folder.resolve(name);
    Command backtest =
        Command.run(
            "backtest", spec, "--events", events, "--parallelism", parallelism, "--out", out);
    assertThat(backtest.exitCode()).as(backtest.err()).isZero();
    return JSON.readTree(out.resolve("metrics.json").toFile());
  }
}

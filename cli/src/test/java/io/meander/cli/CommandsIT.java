/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class CommandsIT {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("meander.root"), "examples", "flights");
  private static final String SPEC = EXAMPLE.resolve("pipeline.yaml").toString();
  private static final String FLIGHTS = EXAMPLE.resolve("flights.csv.gz").toString();

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void goesOnPastRowsThatAreNoEventsAndSaysWhy() throws Exception {
    Path file =
        Files.write(
            directory.resolve("bad.csv"),
            List.of(
                "flight_id,scheduled_departure,origin,destination,distance_miles,arrival_delay_minutes",
                "1,2001-01-01T00:01Z,LAS,PHL,2176,33",
                "2,2001-01-01T00:02Z,ATL",
                "3,2001-01-01T00:03Z,ATL,SAV,215,19"));

    int exit =
        run("backtest", SPEC, "--events", file.toString(), "--out", directory.resolve("o") + "");

    assertThat(exit).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("2 events")
        .contains("1 rejected as unreadable-row, first bad.csv, row 2:");
  }

  @Test
  void saysWhatIsWrongWithAFileOrDirectory() throws Exception {
    String empty = Files.createFile(directory.resolve("empty.csv")).toString();
    String text = Files.createFile(directory.resolve("notes.txt")).toString();
    String o = directory.resolve("o").toString();

    assertFails("there is no such file", "validate", directory.resolve("no.yaml").toString());
    Path broken = Files.writeString(directory.resolve("broken.yaml"), "nam: x\n");
    assertFails(broken + ": nam: unknown key", "run", SPEC, broken.toString());
    assertFails("there is no file", "backtest", SPEC, "--events", "no.csv", "--out", o);
    assertFails("empty.csv is empty", "backtest", SPEC, "--events", empty, "--out", o);
    assertFails("allowed: .csv, .arff and .avro", "backtest", SPEC, "--events", text, "--out", o);
    assertFails(
        "--out " + text + " cannot be", "backtest", SPEC, "--events", FLIGHTS, "--out", text);
    assertFails("--state-dir " + text + " cannot be", "run", SPEC, "--state-dir", text);
    assertFails("No Kafka broker answered", "run", SPEC, "--bootstrap-servers", "127.0.0.1:1");
  }

  @Test
  void printsWhatASpecWillRun() {
    assertThat(run("validate", SPEC)).isZero();

    assertThat(out.toString())
        .contains("one model set per origin")
        .contains("'yes' above 15, else 'no'")
        .contains("trees.HoeffdingTree  (champion: serves)")
        .contains("weekday_sin: numeric")
        .contains("at 2001-02-01T00:00:00Z")
        .contains("is valid");
  }

  @Test
  void refusesWrongUsageWithExitCode2() {
    for (String[] wrong :
        List.of(
            new String[] {"backtest", SPEC},
            new String[] {"demo", "--rate", "fast"},
            new String[] {"demo", "--events", "0"},
            new String[] {"demo", "--port", "70000"},
            new String[] {"run", SPEC, "--parallelism", "0"},
            new String[] {"replay", SPEC, "--events", FLIGHTS, "--speed", "-1"})) {
      assertThat(run(wrong)).as(String.join(" ", wrong)).isEqualTo(2);
    }
  }

  private void assertFails(String message, String... arguments) {
    err.getBuffer().setLength(0);
    assertThat(run(arguments)).as(message).isEqualTo(1);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
  }

  private int run(String... arguments) {
    return Meander.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}

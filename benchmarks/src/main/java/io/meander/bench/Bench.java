/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.meander.bench.features.FeatureBenchmark;
import io.meander.bench.freshness.FreshnessBenchmark;
import io.meander.bench.serve.ServeBenchmark;
import io.meander.bench.state.StateBenchmarks;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meander bench}: measures on this machine what Meander claims. */
@Command(
    name = "meander bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures Meander beside plain MOA and beside simpler designs, in the same run. Prints a"
          + " Markdown table; progress goes to standard error."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong usage"})
public final class Bench implements Callable<Integer> {

  private static final int RUNS = 5;
  private static final int QUICK_RUNS = 3;

  /** What can be measured. */
  enum Suite {
    STATE,
    SERVE,
    FEATURES,
    FRESHNESS,
    ALL
  }

  @Parameters(
      paramLabel = "SUITE",
      arity = "0..1",
      defaultValue = "state",
      description =
          "What to measure: state (the default); serve: predictions over HTTP; features: what"
              + " features cost an event and a key; freshness: until what an event taught answers"
              + " outside the job, which needs --bootstrap-servers; or all of these but freshness.")
  private Suite suite;

  @Option(names = "--quick", description = "Fewer keys, events and runs: a minute or two.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "SCENARIO",
      split = ",",
      description =
          "Only these scenarios of state: learning, grown, barrier, misses, recovery, deploy.")
  private List<String> only = List.of();

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT[,...]",
      description = "A Kafka for freshness, such as that of 'meander cluster start'.")
  private String bootstrapServers;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Runs of each measurement: 5, or 3 with --quick.")
  private Integer runs;

  @Option(names = "--json", paramLabel = "FILE", description = "Write a JSON array there too.")
  private Path json;

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(
        run(
            arguments,
            new PrintWriter(System.out, true, UTF_8),
            new PrintWriter(System.err, true, UTF_8)));
  }

  /** Runs the command; returns the exit code. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    return new CommandLine(new Bench())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              command.getErr().println("meander bench: " + e);
              return CommandLine.ExitCode.SOFTWARE;
            })
        .execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    for (String scenario : only) {
      if (!StateBenchmarks.scenarios().contains(scenario)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "--only: there is no scenario '%s'; there are %s"
                .formatted(scenario, String.join(", ", StateBenchmarks.scenarios())));
      }
    }
    if (!only.isEmpty() && suite != Suite.STATE && suite != Suite.ALL) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--only: names scenarios of state, and the suite is "
              + suite.name().toLowerCase(Locale.ROOT)
              + "; leave it out");
    }
    if ((suite == Suite.FRESHNESS) != (bootstrapServers != null)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--bootstrap-servers: goes with freshness, and is needed there");
    }
    if (runs != null && runs < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--runs: found " + runs + "; allowed: 1 and more");
    }
    write(List.of());
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Path flights =
        Path.of(System.getProperty("meander.root", ".")).resolve("examples/flights/flights.csv.gz");
    List<Measurement> measured = new ArrayList<>();
    out.println(MeasurementTable.HEAD);
    err.println(
        "suite " + suite.name().toLowerCase(Locale.ROOT) + ", " + (quick ? "quick" : "full"));
    int times = runs != null ? runs : quick ? QUICK_RUNS : RUNS;
    Consumer<String> progress = what -> err.println("measuring " + what + " ...");
    Consumer<Measurement> results =
        measurement -> {
          measured.add(measurement);
          out.println(MeasurementTable.row(measurement));
          // What was measured is kept if a later scenario fails or is interrupted.
          write(measured);
        };
    if (suite == Suite.FEATURES || suite == Suite.ALL) {
      new FeatureBenchmark(flights, quick ? 10_000 : 50_000, times, progress).run(results);
    }
    if (suite == Suite.STATE || suite == Suite.ALL) {
      new StateBenchmarks(quick, times, flights, progress, results).run(only);
    }
    if (suite == Suite.FRESHNESS) {
      new FreshnessBenchmark(quick, bootstrapServers, progress).run(results);
    }
    if (suite == Suite.SERVE || suite == Suite.ALL) {
      results.accept(new ServeBenchmark(quick).run());
    }
    return CommandLine.ExitCode.OK;
  }

  private void write(List<Measurement> measured) {
    if (json == null) {
      return;
    }
    try {
      Files.write(
          json,
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsBytes(measured));
    } catch (IOException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--json: cannot write '%s': its folder has to exist and to be writable".formatted(json),
          e);
    }
  }
}

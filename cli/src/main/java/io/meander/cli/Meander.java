/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code meander} command and its entry point. */
@Command(
    name = "meander",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Meander.Version.class,
    description = "Online learning on event streams: MOA models per key, inside Apache Flink.",
    subcommands = {
      DemoCommand.class,
      InitCommand.class,
      ValidateCommand.class,
      BacktestCommand.class,
      RunCommand.class,
      ReplayCommand.class,
      ServeCommand.class,
      SnapshotsCommand.class,
      ControlCommands.class,
      StateCommand.class,
      ClusterCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%n",
    footer = "To measure Meander on this machine: ./meander bench --help",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong usage"})
public final class Meander implements Callable<Integer> {

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Show where in the code a failure came from.")
  private boolean stackTrace;

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(
        run(
            arguments,
            new PrintWriter(System.out, true, UTF_8),
            new PrintWriter(System.err, true, UTF_8)));
  }

  /** Runs one command; returns the exit code. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    Meander meander = new Meander();
    CommandLine command = new CommandLine(meander);
    command.setOut(out);
    command.setErr(err);
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setParameterExceptionHandler(Failures::wrongUsage);
    command.setExecutionExceptionHandler(
        (e, failed, parsed) -> Failures.failed(e, failed, meander.stackTrace));
    // What Flink's command is given is none of ours to read.
    command.getSubcommands().get("cluster").getSubcommands().get("flink").setStopAtPositional(true);
    return command.execute(arguments);
  }

  @Override
  public Integer call() {
    spec.commandLine().getErr().println("meander: which command?");
    spec.commandLine().usage(spec.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version =
          Optional.ofNullable(Meander.class.getPackage().getImplementationVersion())
              .orElse("(not from a jar)");
      return new String[] {"meander " + version, "Java " + Runtime.version()};
    }
  }
}

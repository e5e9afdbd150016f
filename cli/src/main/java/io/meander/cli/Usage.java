/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.local.EmbeddedFlink;
import io.meander.flink.JobDefaults;
import io.meander.spec.PipelineSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of option values beyond their types; what fails is wrong usage, exit code 2. */
final class Usage {

  private Usage() {}

  static void atLeast(long least, long value, String option, CommandSpec command) {
    if (value < least) {
      throw wrong(command, "%s must be at least %d, not %d".formatted(option, least, value));
    }
  }

  static void parallelism(int value, CommandSpec command) {
    if (value < 1 || value > JobDefaults.MAX_PARALLELISM) {
      throw wrong(
          command,
          "--parallelism must be 1 to %d, not %d".formatted(JobDefaults.MAX_PARALLELISM, value));
    }
  }

  static void port(int value, String option, CommandSpec command) {
    if (value != EmbeddedFlink.Options.ANY_FROM_DEFAULT && (value < 0 || value > 65535)) {
      throw wrong(command, "%s must be 0 to 65535, not %d".formatted(option, value));
    }
  }

  static void positive(double value, String option, CommandSpec command) {
    if (!(value > 0)) {
      throw wrong(command, "%s must be above 0, not %s".formatted(option, value));
    }
  }

  /** A speed is relative to event times, so there must be some. */
  static void eventTimes(PipelineSpec spec, double speed, CommandSpec command) {
    if (!Double.isInfinite(speed) && spec.events().time().isEmpty()) {
      throw wrong(
          command, "--speed follows event times, and the spec has no events.time; use --rate");
    }
  }

  static ParameterException wrong(CommandSpec command, String message) {
    return new ParameterException(command.commandLine(), message);
  }
}

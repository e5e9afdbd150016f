/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.local.Causes;
import io.meander.cli.local.EmbeddedException;
import io.meander.cli.local.RunningJob.JobFailedException;
import io.meander.cli.report.ReportException;
import io.meander.cli.state.SavepointException;
import io.meander.flink.kafka.TopicsException;
import io.meander.serving.FeatureException;
import io.meander.serving.FollowException;
import io.meander.serving.SnapshotException;
import io.meander.spec.SpecError;
import io.meander.spec.SpecException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a user reads when a command does not succeed: lines, not stack traces. */
final class Failures {

  /** What shells report of a process that SIGINT ended. */
  private static final int SIGNALLED = 130;

  private Failures() {}

  /** Wrong usage: what was wrong, the nearest valid name, where the help is. Exit code 2. */
  static int wrongUsage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    var err = command.getErr();
    err.println("meander: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
    return CommandLine.ExitCode.USAGE;
  }

  /** A command that could not do its work. Exit code 1. */
  static int failed(Exception e, CommandLine command, boolean stackTrace) {
    var err = command.getErr();
    if (Closing.isSignalled()) {
      // Ctrl-C took away what the command was using: nothing to explain.
      return SIGNALLED;
    }
    err.println("meander: " + message(e));
    if (stackTrace) {
      e.printStackTrace(err);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String message(Exception e) {
    if (e instanceof CommandFailure
        || e instanceof EmbeddedException
        || e instanceof TopicsException
        || e instanceof FollowException
        || e instanceof SnapshotException
        || e instanceof FeatureException
        || e instanceof ReportException
        || e instanceof SavepointException
        || e instanceof JobFailedException) {
      return e.getMessage();
    }
    if (e instanceof SpecException spec) {
      return specErrors(spec);
    }
    if (e instanceof IOException io) {
      return describe(io);
    }
    if (e instanceof UncheckedIOException io) {
      return describe(io.getCause());
    }
    return "unexpected %s: %s (run again with --stacktrace to see where)"
        .formatted(e.getClass().getSimpleName(), Causes.root(e));
  }

  private static String specErrors(SpecException e) {
    List<SpecError> errors = e.errors();
    return errors.size() == 1
        ? errors.get(0).toString()
        : "the spec has %d errors:\n".formatted(errors.size())
            + errors.stream().map(error -> "  " + error).collect(Collectors.joining("\n"));
  }

  /** The exceptions of {@code java.nio.file} carry only a path: this says what is the matter. */
  static String describe(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file or directory: " + e.getMessage();
    } else if (e instanceof AccessDeniedException) {
      return "permission denied: " + e.getMessage();
    } else if (e instanceof NotDirectoryException) {
      return "not a directory: " + e.getMessage();
    } else if (e instanceof FileAlreadyExistsException) {
      return "a file is in the way: " + e.getMessage();
    }
    return Causes.root(e);
  }
}

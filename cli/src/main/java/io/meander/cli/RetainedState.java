/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds what a former run left in its state directory. */
final class RetainedState {

  /** Flink writes it last: a checkpoint or savepoint is complete if it is there. */
  private static final String COMPLETE = "_metadata";

  /** checkpoints/JOB/chk-N/_metadata, savepoints/savepoint-ID/_metadata. */
  private static final int DEPTH = 4;

  private RetainedState() {}

  /** A file with the time it was written. */
  private record Written(Path file, FileTime time) {}

  /** Whether a folder is a checkpoint or savepoint that was written to its end. */
  static boolean isComplete(Path folder) {
    return Files.isRegularFile(folder.resolve(COMPLETE));
  }

  /** URI of the newest complete checkpoint or savepoint. */
  static Optional<String> newest(Path directory) {
    try (Stream<Path> files = Files.walk(directory, DEPTH)) {
      List<Path> complete =
          files.filter(file -> file.getFileName().toString().equals(COMPLETE)).toList();
      Written newest = null;
      for (Path file : complete) {
        Written written = new Written(file, Files.getLastModifiedTime(file));
        if (newest == null || Comparator.comparing(Written::time).compare(written, newest) > 0) {
          newest = written;
        }
      }
      return Optional.ofNullable(newest).map(n -> n.file().getParent().toUri().toString());
    } catch (IOException e) {
      throw new CommandFailure(
          "--state-dir %s cannot be read: %s".formatted(directory, Failures.describe(e)), e);
    }
  }
}

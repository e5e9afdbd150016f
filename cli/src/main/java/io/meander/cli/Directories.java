/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Directories that commands write to. */
final class Directories {

  private Directories() {}

  /**
   * Makes the directory if it is missing and tries to write there.
   *
   * @param option that it was given with, for the error
   * @throws CommandFailure if it cannot be written
   */
  static Path writable(Path directory, String option) {
    try {
      Files.createDirectories(directory);
      Files.delete(Files.createTempFile(directory, ".meander", null));
      return directory;
    } catch (IOException e) {
      throw new CommandFailure(
          "%s %s cannot be written (%s). Give a directory that can."
              .formatted(option, directory, Failures.describe(e)),
          e);
    }
  }

  /** A directory for one run, removed with all in it when closed. */
  static final class Temporary implements AutoCloseable {

    private final Path path;

    Temporary() {
      try {
        path = Files.createTempDirectory("meander-");
      } catch (IOException e) {
        throw new CommandFailure(
            "No temporary directory can be made (%s). Set another place with MEANDER_OPTS=-Djava.io.tmpdir=DIR."
                .formatted(Failures.describe(e)),
            e);
      }
    }

    Path path() {
      return path;
    }

    @Override
    public void close() throws IOException {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              // Somebody else removed it first.
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e)
                throws IOException {
              Files.deleteIfExists(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    }
  }
}

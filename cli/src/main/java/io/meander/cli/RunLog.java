/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * Sends the process's log to one file; the console stays the command's. Called by a command before
 * it touches Flink or Kafka.
 */
final class RunLog {

  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS");
  private static final String CONFIGURATION = "/meander-log4j2.properties";

  private RunLog() {}

  /**
   * Opens {@code meander.log} in the directory, or a file of its own among the system's temporary
   * files.
   *
   * @param directoryOrNull where the command writes its results; null if it has none
   * @return the log file
   * @throws CommandFailure if it cannot be written
   */
  static Path open(Path directoryOrNull) {
    try {
      Path file;
      if (directoryOrNull == null) {
        Path logs = Path.of(System.getProperty("java.io.tmpdir"), "meander-logs-" + user());
        Files.createDirectories(logs);
        file =
            logs.resolve(
                "meander-%s-%d.log"
                    .formatted(
                        STAMP.format(LocalDateTime.now(ZoneId.systemDefault())),
                        ProcessHandle.current().pid()));
      } else {
        file = directoryOrNull.resolve("meander.log");
        Files.deleteIfExists(file);
      }
      file = file.toAbsolutePath();
      if (Files.notExists(file)) { // two commands of one process may begin in the same second
        Files.createFile(file);
      }
      System.setProperty("log.file", file.toString());
      Configurator.reconfigure(configuration());
      return file;
    } catch (IOException e) {
      throw new CommandFailure("The log file cannot be written: " + Failures.describe(e), e);
    }
  }

  private static String user() {
    return System.getProperty("user.name", "unknown").replaceAll("[^A-Za-z0-9_.-]", "_");
  }

  private static URI configuration() {
    try {
      return Objects.requireNonNull(RunLog.class.getResource(CONFIGURATION)).toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The command in a process of its own, so that it can be ended from outside. */
final class MeanderProcess implements AutoCloseable {

  private static final Duration END_TIMEOUT = Duration.ofSeconds(90);

  private final Process process;
  private final BufferedReader output;
  private final StringBuilder said = new StringBuilder();

  /**
   * @param temporary for all its temporary files
   */
  MeanderProcess(Path temporary, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-Dmeander.root=" + System.getProperty("meander.root"));
    for (String opened : List.of("lang", "util", "util.concurrent", "lang.invoke", "time")) {
      command.add("--add-opens=java.base/java." + opened + "=ALL-UNNAMED");
    }
    command.add("-cp");
    command.add(
        Optional.ofNullable(System.getProperty("surefire.test.class.path"))
            .orElse(System.getProperty("java.class.path")));
    command.add(Meander.class.getName());
    command.addAll(List.of(arguments));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    output = process.inputReader(UTF_8);
  }

  /** Reads on until a line holds the text, and returns that line. */
  String awaitLine(String text) throws IOException {
    String line = output.readLine();
    while (line != null && !line.contains(text)) {
      said.append(line).append('\n');
      line = output.readLine();
    }
    assertThat(line).as("a line with '%s' after:%n%s", text, said).isNotNull();
    said.append(line).append('\n');
    return line;
  }

  /** Ends it as Ctrl-C does, waits, and returns all that it said. */
  String interrupt() throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
    String line = output.readLine();
    while (line != null) {
      said.append(line).append('\n');
      line = output.readLine();
    }
    assertThat(process.waitFor(END_TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return said.toString();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

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
import java.util.concurrent.CompletableFuture;
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
    List<String> command = new ArrayList<>(defaultSignals());
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
    // Its output ends when it does; should it not, nothing here may wait for it for ever.
    CompletableFuture<Process> ended = process.onExit();
    CompletableFuture<?> bound =
        ended
            .copy()
            .orTimeout(END_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
            .exceptionally(e -> process.destroyForcibly());
    String line = output.readLine();
    while (line != null) {
      said.append(line).append('\n');
      line = output.readLine();
    }
    bound.join();
    assertThat(process.waitFor())
        .as("exit code, 137 if it did not end: %s", said)
        .isNotEqualTo(137);
    return said.toString();
  }

  /**
   * What makes a process heed Ctrl-C even where this one was started to ignore it, as a shell
   * starts what it runs in the background; nothing where {@code env} cannot.
   */
  private static List<String> defaultSignals() throws IOException {
    List<String> env = List.of("env", "--default-signal=INT");
    List<String> probe = new ArrayList<>(env);
    probe.add("true");
    try {
      Process tried = new ProcessBuilder(probe).redirectErrorStream(true).start();
      tried.getInputStream().readAllBytes();
      return tried.waitFor() == 0 ? env : List.of();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

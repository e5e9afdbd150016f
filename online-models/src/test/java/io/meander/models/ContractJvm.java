/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child JVM that checks learners, one question after the other; started anew when a learner ended
 * it or took too long. It runs in an empty folder, so that a learner that writes files is seen. For
 * one thread.
 */
final class ContractJvm implements AutoCloseable {

  private static final String ENDED = "ended";

  private final Path folder;
  private Process process;
  private BufferedWriter questions;
  private BlockingQueue<String> answers;

  /**
   * @param folder where the child runs
   */
  ContractJvm(Path folder) {
    this.folder = folder;
  }

  /**
   * @return the rest of the child's answer
   * @throws BrokenContractException with the reason, also for a child that ended or hangs
   */
  String ask(ContractQuestion question, Duration limit) {
    try {
      if (process == null) {
        start();
      }
      questions.write(question.line());
      questions.newLine();
      questions.flush();
      String answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      Optional<String> file = removeFile();
      if (file.isPresent()) {
        throw new BrokenContractException("writes a file " + file.get());
      }
      if (answer == null) {
        close();
        throw new BrokenContractException(
            "takes more than %d s for %d instances"
                .formatted(limit.toSeconds(), question.instances()));
      }
      if (answer.equals(ENDED)) {
        close();
        throw new BrokenContractException("ends the JVM");
      }
      String[] parts = answer.split("\t", 2);
      String rest = parts.length < 2 ? "" : parts[1];
      return switch (parts[0]) {
        case "kept" -> rest;
        case "broken" -> throw new BrokenContractException(rest);
        default -> throw new IllegalStateException(question.optionString() + ": " + rest);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Optional<String> removeFile() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found = files.sorted().toList();
      for (Path file : found) {
        Files.delete(file);
      }
      return found.stream().findFirst().map(file -> file.getFileName().toString());
    }
  }

  private void start() throws IOException {
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "-XX:+UseSerialGC",
                    "-Djdk.attach.allowAttachSelf=true",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ContractWorker.class.getName()))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    questions =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    BlockingQueue<String> queue = new LinkedBlockingQueue<>();
    answers = queue;
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    Thread reader =
        new Thread(
            () -> {
              try (lines) {
                lines.lines().forEach(queue::add);
              } catch (IOException | UncheckedIOException e) {
                // the child is gone
              } finally {
                queue.add(ENDED);
              }
            },
            "contract-answers");
    reader.setDaemon(true);
    reader.start();
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
      process = null;
    }
  }
}

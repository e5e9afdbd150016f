/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A child JVM that checks learners, one question after the other; started anew when a learner ended
 * it or took too long. For one thread.
 */
final class ContractJvm implements AutoCloseable {

  private static final String ENDED = "ended";

  private Process process;
  private BufferedWriter questions;
  private BlockingQueue<String> answers;

  /** What a child may be asked. */
  enum Action {
    LEARN,
    GO_ON,
    GO_ON_FROM_EACH_IMAGE
  }

  /**
   * @param file where the trace is written or read
   */
  record Question(Action action, String optionString, Task task, int instances, String file) {

    static Question parse(String line) {
      String[] parts = line.split("\t", -1);
      return new Question(
          Action.valueOf(parts[0]),
          parts[1],
          Task.valueOf(parts[2]),
          Integer.parseInt(parts[3]),
          parts[4]);
    }

    String line() {
      return String.join(
          "\t", action.name(), optionString, task.name(), Integer.toString(instances), file);
    }
  }

  /**
   * @return the rest of the child's answer
   * @throws BrokenContractException with the reason, also for a child that ended or hangs
   */
  String ask(Question question, Duration limit) {
    try {
      if (process == null) {
        start();
      }
      questions.write(question.line());
      questions.newLine();
      questions.flush();
      String answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null) {
        close();
        throw new BrokenContractException(
            "took more than %d s for %d instances"
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

  private void start() throws IOException {
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ContractWorker.class.getName()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    questions =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers = new LinkedBlockingQueue<>();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    BlockingQueue<String> queue = answers;
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

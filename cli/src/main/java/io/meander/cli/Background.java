/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work on a thread of its own; its failure is thrown where it is waited for. */
final class Background implements AutoCloseable {

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  private final FutureTask<Void> task;
  private final Thread thread;

  /** What may fail. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** Begins at once. */
  Background(String name, Work work) {
    task =
        new FutureTask<>(
            () -> {
              work.run();
              return null;
            });
    thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits for the end.
   *
   * @return whether it came within {@code bound}
   */
  boolean await(Duration bound) throws IOException, InterruptedException {
    try {
      task.get(bound.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      } else if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new CommandFailure(thread.getName() + " failed: " + e.getCause(), e.getCause());
    }
  }

  /** Interrupts the work and waits, in bounds, until it has stopped. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(STOP_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a command has started and must stop, last started first, exactly once: at the command's end
 * or on Ctrl-C, whichever comes first.
 */
final class Closing implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

  private static volatile boolean signalled;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Runnable onSignal;
  private final Thread hook = new Thread(this::stopOnSignal, "stop");

  private boolean closed;

  /**
   * @param onSignal said or done first on Ctrl-C, on another thread than the command's
   */
  Closing(Runnable onSignal) {
    this.onSignal = onSignal;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Takes over the closing; if all is closed already, closes this at once. */
  <T extends AutoCloseable> T add(T closeable) {
    synchronized (this) {
      if (!closed) {
        open.push(closeable);
        return closeable;
      }
    }
    closeQuietly(closeable);
    throw new CommandFailure("stopped");
  }

  /** What was started goes on beyond the command: nothing of it is closed any more. */
  synchronized void keep() {
    open.clear();
  }

  /** Closes all and waits until that is done, whoever began it. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    while (!open.isEmpty()) {
      closeQuietly(open.pop());
    }
    if (Thread.currentThread() != hook) {
      removeHook();
    }
  }

  /** Whether the process is being ended from outside. */
  static boolean isSignalled() {
    return signalled;
  }

  private void stopOnSignal() {
    signalled = true;
    onSignal.run();
    close();
  }

  private void removeHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("the process is ending already", e);
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.warn("{} did not close", closeable, e);
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving.http;

import io.javalin.http.HttpStatus;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets so many requests work at a time and so many wait; more are turned away at once, so that an
 * overloaded server stays quick for those that it takes. Thread-safe.
 */
final class WorkQueue {

  private final int workers;
  private final int places;
  private final Semaphore permits;
  private final AtomicInteger inside = new AtomicInteger();

  /**
   * @param workers requests that work at a time
   * @param places requests that may wait
   */
  WorkQueue(int workers, int places) {
    this.workers = workers;
    this.places = places;
    this.permits = new Semaphore(workers, true);
  }

  /** What is done under a permit. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws Problem;
  }

  /**
   * Does the work on the caller's thread once it is its turn.
   *
   * @throws Problem 429 if too many wait already
   */
  <T> T run(Work<T> work) throws Problem {
    if (inside.incrementAndGet() > workers + places) {
      inside.decrementAndGet();
      throw new Problem(
          HttpStatus.TOO_MANY_REQUESTS,
          "%d requests wait already: send fewer at a time, or several events in one request"
              .formatted(places));
    }
    try {
      permits.acquire();
      try {
        return work.run();
      } finally {
        permits.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(HttpStatus.SERVICE_UNAVAILABLE, "the server is stopping");
    } finally {
      inside.decrementAndGet();
    }
  }

  /** Requests that work or wait. */
  int inside() {
    return inside.get();
  }
}

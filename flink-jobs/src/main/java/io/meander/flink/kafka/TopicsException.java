/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

/** Kafka does not answer, or a topic is not there; the message says what to do. */
public final class TopicsException extends Exception {

  private static final long serialVersionUID = 1L;

  public TopicsException(String message) {
    super(message);
  }

  public TopicsException(String message, Throwable cause) {
    super(message, cause);
  }
}

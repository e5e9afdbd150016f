/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.flink.util.SerializedThrowable;

/**
 * Makes a sentence of an exception: what our own code said if it said something, else the innermost
 * cause that has a message.
 */
public final class Causes {

  private static final String OURS = "io.meander.";

  private Causes() {}

  /** The telling cause's message; its type too where the message alone says little. */
  public static String root(Throwable thrown) {
    Throwable told = thrown;
    for (Throwable t = thrown; t != null && t != t.getCause(); t = t.getCause()) {
      if (message(t) != null && !isWrapper(t)) {
        told = t;
        if (type(t).startsWith(OURS)) {
          break;
        }
      }
    }
    String message = message(told);
    String type = type(told).substring(type(told).lastIndexOf('.') + 1);
    if (message == null) {
      return type;
    }
    // A sentence speaks for itself; "42" or a bare path does not.
    return message.contains(" ") ? message : type + ": " + message;
  }

  private static boolean isWrapper(Throwable thrown) {
    String type = type(thrown);
    return type.equals(ExecutionException.class.getName())
        || type.equals(CompletionException.class.getName())
        || type.equals(UncheckedIOException.class.getName());
  }

  private static String message(Throwable thrown) {
    String message = thrown.getMessage();
    if (message == null || message.isBlank() || message.equals(type(thrown))) {
      return null;
    }
    // Flink's serialised form begins with the type, and is nothing but it without a message.
    String prefix = type(thrown) + ": ";
    String text = message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    return text.strip();
  }

  private static String type(Throwable thrown) {
    return thrown instanceof SerializedThrowable serialized
        ? serialized.getOriginalErrorClassName()
        : thrown.getClass().getName();
  }
}

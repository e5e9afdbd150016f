/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.flink.util.SerializedThrowable;

/** Makes a sentence of an exception: the innermost cause that says something. */
public final class Causes {

  private Causes() {}

  /** The innermost cause's message; its type too where the message alone says little. */
  public static String root(Throwable thrown) {
    Throwable told = thrown;
    for (Throwable t = thrown; t != null && t != t.getCause(); t = t.getCause()) {
      Throwable real = real(t);
      if (!isWrapper(real) && message(real) != null) {
        told = t;
      }
    }
    Throwable real = real(told);
    String message = message(real);
    String type = type(real);
    if (message == null) {
      return type;
    }
    // A sentence speaks for itself; "42" or a bare path does not.
    return message.contains(" ") ? message : type + ": " + message;
  }

  private static boolean isWrapper(Throwable thrown) {
    return thrown instanceof ExecutionException || thrown instanceof CompletionException;
  }

  private static Throwable real(Throwable thrown) {
    return thrown instanceof SerializedThrowable serialized
        ? serialized.deserializeError(Causes.class.getClassLoader())
        : thrown;
  }

  private static String message(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null || message.isBlank() ? null : message.strip();
  }

  private static String type(Throwable thrown) {
    return thrown instanceof SerializedThrowable serialized
        ? serialized.getOriginalErrorClassName()
        : thrown.getClass().getSimpleName();
  }
}

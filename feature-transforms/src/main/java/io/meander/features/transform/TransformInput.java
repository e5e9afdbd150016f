/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.transform;

/**
 * A field of the event that a transform takes.
 *
 * @param name for messages, such as {@code latitude}; the spec says which field it is
 */
public record TransformInput(String name, Type type) {

  /** What it reads. */
  public enum Type {
    /** An int, long, float or double. */
    NUMBER("a number"),
    /** As 0 or 1. */
    BOOLEAN("a boolean"),
    /**
     * A timestamp, a date, a long of milliseconds or an ISO-8601 text, in UTC without an offset.
     */
    TIME("a time"),
    /** A string or an enum. */
    TEXT("a text or an enum");

    private final String words;

    Type(String words) {
      this.words = words;
    }

    /** With its article. */
    public String words() {
      return words;
    }
  }

  public static TransformInput number(String name) {
    return new TransformInput(name, Type.NUMBER);
  }

  public static TransformInput bool(String name) {
    return new TransformInput(name, Type.BOOLEAN);
  }

  public static TransformInput time(String name) {
    return new TransformInput(name, Type.TIME);
  }

  public static TransformInput text(String name) {
    return new TransformInput(name, Type.TEXT);
  }
}

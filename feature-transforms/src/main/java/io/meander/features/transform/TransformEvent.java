/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features.transform;

/**
 * An event as a {@link UserFeature} sees it: its fields by their place among the feature's inputs,
 * and what the feature remembers of the key. For one call, by one thread.
 */
public final class TransformEvent {

  private static final byte[] NOTHING = {};

  private final double[] numbers;
  private final String[] texts;
  private byte[] state;

  /**
   * @param numbers by the place of their input: the number, 0 or 1, or milliseconds since the
   *     epoch; NaN for missing
   * @param texts by the place of their input; null for missing
   * @param state what is remembered of the key; empty before the first event. Never changed
   */
  public TransformEvent(double[] numbers, String[] texts, byte[] state) {
    this.numbers = numbers;
    this.texts = texts;
    this.state = state;
  }

  /** An event of which nothing came before. */
  public TransformEvent(double[] numbers, String[] texts) {
    this(numbers, texts, NOTHING);
  }

  /** Whether the event lacks that field, or its number is a NaN or an infinity. */
  public boolean isMissing(int input) {
    return Double.isNaN(numbers[input]) && texts[input] == null;
  }

  /**
   * A number, or a boolean as 0 or 1, or a time in milliseconds since the epoch; NaN if missing.
   */
  public double number(int input) {
    return numbers[input];
  }

  /** A text; null if missing. */
  public String text(int input) {
    return texts[input];
  }

  /**
   * What {@link #remember} was handed at the key's last event, or during this call; empty if
   * nothing was. A copy, to change at will.
   */
  public byte[] state() {
    return state.length == 0 ? NOTHING : state.clone();
  }

  /**
   * Remembers of the key what its next event is to know, in the place of what was; left out, that
   * stays.
   *
   * @param next at most {@link UserFeature#maxStateBytes} bytes; copied
   */
  public void remember(byte[] next) {
    state = next.length == 0 ? NOTHING : next.clone();
  }
}

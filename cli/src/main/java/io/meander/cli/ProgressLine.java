/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Shows how far long work has come: on a terminal one line that is written over, elsewhere a line
 * every few seconds. Owned by one thread; closing it leaves the cursor at a line's start.
 */
final class ProgressLine implements AutoCloseable {

  /** Set by the launcher to the terminal's width if standard error is one. */
  static final String COLUMNS = "meander.columns";

  private static final Duration ON_TERMINAL = Duration.ofMillis(250);
  private static final Duration ELSEWHERE = Duration.ofSeconds(5);

  /** How often to ask whether there is something to show. */
  static final Duration TICK = Duration.ofMillis(100);

  private static final int BAR = 20;

  private final PrintWriter out;
  private final int columns;
  private final LongSupplier nanoTime;
  private final long interval;

  private long lastShown;
  private boolean lineOpen;

  /**
   * @param columns width of the terminal; 0 if it is none
   */
  ProgressLine(PrintWriter out, int columns, LongSupplier nanoTime) {
    this.out = out;
    this.columns = columns;
    this.nanoTime = nanoTime;
    this.interval = (columns > 0 ? ON_TERMINAL : ELSEWHERE).toNanos();
    this.lastShown = nanoTime.getAsLong() - (columns > 0 ? interval : 0);
  }

  static ProgressLine on(PrintWriter out) {
    return new ProgressLine(out, Integer.getInteger(COLUMNS, 0), System::nanoTime);
  }

  /** Shows the text if it is time to and the process is not ending; else does not ask for it. */
  void update(Supplier<String> text) {
    long now = nanoTime.getAsLong();
    if (now - lastShown < interval || Closing.isSignalled()) {
      return;
    }
    lastShown = now;
    show(text.get());
  }

  /** Shows the last text, whenever the one before was, and ends the line. */
  void end(String text) {
    show(text);
    close();
  }

  /** Ends the line, so that something else can be printed. */
  @Override
  public void close() {
    if (lineOpen) {
      out.println();
      out.flush();
      lineOpen = false;
    }
  }

  /**
   * A bar and a percentage.
   *
   * @param total below 1 if unknown: then the text is empty
   */
  static String bar(long done, long total) {
    if (total < 1) {
      return "";
    }
    double share = Math.min(1.0, (double) done / total);
    int filled = (int) (share * BAR);
    return "[%s%s] %3d%%  "
        .formatted("#".repeat(filled), ".".repeat(BAR - filled), (int) (share * 100));
  }

  private void show(String text) {
    if (columns == 0) {
      out.println(text);
    } else {
      int width = columns - 1;
      String shown = text.length() > width ? text.substring(0, width) : text;
      out.print('\r' + shown + " ".repeat(width - shown.length()));
      lineOpen = true;
    }
    out.flush();
  }
}

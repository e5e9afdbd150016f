/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures of every predictor over one stretch, such as all events, a key, a slice or a window: the
 * slots, what was served, the frozen twin, what was served on the twin's events, and the baselines.
 * Boards of parts of a stretch merge to that of the whole. Mutable, owned by one thread.
 */
public final class Board {

  public static final String SERVED = SlotSpec.SERVED;
  public static final String SERVED_SAME_EVENTS = "served_same_events";
  public static final String NO_CHANGE = "no_change";

  private static final int VERSION = 1;

  private final Target target;
  private final Figures.Precision precision;
  private final double fading;
  private final Map<String, Figures> figures = new LinkedHashMap<>();

  /**
   * An empty one, of which predictors are a part once they scored.
   *
   * @param fading factor of the faded figures
   */
  public Board(Target target, Figures.Precision precision, double fading) {
    this.target = target;
    this.precision = precision;
    this.fading = fading;
  }

  /** One of the same kind, without figures. */
  public Board empty() {
    return new Board(target, precision, fading);
  }

  /** Lists, in this order, these slots, what was served, the twin and the baselines from now on. */
  public Board listing(List<String> slots) {
    slots.forEach(this::of);
    of(SERVED);
    of(SlotSpec.FROZEN);
    of(SERVED_SAME_EVENTS);
    of(NO_CHANGE);
    of(target.task().typical());
    return this;
  }

  /** Whether it is a slot of the deployment: those alone are watched for drift. */
  public static boolean isSlot(String predictor) {
    return !SlotSpec.RESERVED.contains(predictor) && !predictor.equals(SERVED_SAME_EVENTS);
  }

  public void add(Scored scored) {
    Answer answer = scored.answer();
    for (Answer.SlotAnswer slot : answer.slots()) {
      if (FrozenTwin.isAged(slot.slot())) {
        continue; // stands in the decay curve alone
      }
      of(slot.slot()).add(scored, slot);
    }
    of(SERVED).add(scored, answer.servedAnswer());
    if (answer.frozenAnswer() != null) {
      of(SERVED_SAME_EVENTS).add(scored, answer.servedAnswer());
    }
    of(NO_CHANGE).add(scored, answer.noChange());
    of(target.task().typical()).add(scored, answer.typical());
  }

  /** Counts a drift or a warning of a slot. */
  public void add(DriftSignal drift) {
    switch (drift.level()) {
      case WARNING -> of(drift.slot()).warning();
      case DRIFT -> of(drift.slot()).drift();
      case OUTGROWN, PROMOTED, ROLLED_BACK -> {} // have their rows in drift.csv
    }
  }

  /**
   * Adds a later part of the stretch. All but the faded figures are the same in any order of the
   * parts, but for rounding where the target is a number.
   */
  public void merge(Board later) {
    later.figures.forEach((predictor, part) -> of(predictor).merge(part));
  }

  /** A predictor's figures; made if there are none. */
  public Figures of(String predictor) {
    return figures.computeIfAbsent(
        predictor, p -> new Figures(target, isBaseline(p), precision, fading));
  }

  /** In the order in which results list them, those that scored nothing included. */
  public Map<String, Figures> all() {
    return figures;
  }

  /**
   * Those with a row of their own in results: all but the live figures beside the twin's, and the
   * twin only if it scored.
   */
  public Map<String, Figures> rows() {
    Map<String, Figures> rows = new LinkedHashMap<>(figures);
    rows.remove(SERVED_SAME_EVENTS);
    rows.computeIfPresent(SlotSpec.FROZEN, (id, twin) -> twin.instances() == 0 ? null : twin);
    return rows;
  }

  /**
   * Layout: a byte of format version (1), the number of classes (varint), the precision's two
   * numbers (varint), the fading factor (double), the number of predictors (varint), then of each
   * its id (modified UTF-8) and its {@link Figures}.
   */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      Varints.write(target.classes().size(), out);
      Varints.write(precision.exactUpTo(), out);
      Varints.write(precision.binsPerOctave(), out);
      out.writeDouble(fading);
      Varints.write(figures.size(), out);
      for (Map.Entry<String, Figures> entry : figures.entrySet()) {
        out.writeUTF(entry.getKey());
        entry.getValue().write(out);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e); // not of an array in memory
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #bytes} gave. Where it was written with another factor, as before a change of
   * the spec, faded figures begin anew. Where it was written before classes were added, it counts
   * none of those; an area that was one of two classes goes.
   *
   * @throws IOException if these are no such bytes
   */
  public static Board of(byte[] bytes, Target target, double fading) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IOException("figures of format version " + version + " cannot be read");
      }
      Target then = target.ofFirst(Varints.read(in, Integer.MAX_VALUE));
      Figures.Precision precision =
          new Figures.Precision(
              Varints.read(in, Integer.MAX_VALUE), Varints.read(in, Integer.MAX_VALUE));
      double factor = in.readDouble();
      Board board = new Board(then, precision, fading);
      int predictors = Varints.read(in, Integer.MAX_VALUE);
      for (int i = 0; i < predictors; i++) {
        board.of(in.readUTF()).read(in, factor);
      }
      if (then == target) {
        return board;
      }
      Board present = new Board(target, precision, fading);
      present.merge(board);
      return present;
    } catch (IllegalArgumentException e) {
      throw new IOException("these are no figures of " + target + ": " + e.getMessage(), e);
    }
  }

  private boolean isBaseline(String predictor) {
    return predictor.equals(NO_CHANGE) || predictor.equals(target.task().typical());
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.Serializable;

/**
 * What a control command orders of slots that are there already, for all keys or for those with a
 * prefix. It is kept in the deployment, so that a key which comes by late still carries it out, and
 * is dropped when a later one makes it void.
 *
 * @param generation that the command made; orders are carried out in its order
 * @param slot id of the slot, or {@link #ALL_SLOTS}
 * @param prefix of the model keys' text that it is for; empty for all keys
 * @param version for {@link Kind#ROLLBACK}: of the snapshot, or {@link #NEWEST}; else 0
 */
public record Order(long generation, Kind kind, String slot, String prefix, long version)
    implements Serializable {

  public static final String ALL_SLOTS = "";
  public static final String ALL_KEYS = "";

  /** The last version that was published and is still kept. */
  public static final long NEWEST = 0;

  /** What is done. */
  public enum Kind {
    /** The slot serves. */
    PROMOTE(Register.SERVING),
    /** The slot learns no more; it votes on as it is. */
    FREEZE(Register.LEARNING),
    /** The slot learns again. */
    RESUME(Register.LEARNING),
    /** The slot begins anew with a fresh learner. */
    RESET(Register.LIFE),
    /** The slot goes on from an earlier version. */
    ROLLBACK(Register.LIFE);

    private final Register register;

    Kind(Register register) {
      this.register = register;
    }
  }

  /** What an order sets. Of two orders for the same key, slot and register, the later holds. */
  private enum Register {
    SERVING,
    LEARNING,
    LIFE
  }

  /** Whether it is for this key. */
  public boolean covers(String key) {
    return key.startsWith(prefix);
  }

  /** Whether it is for this slot. */
  public boolean isFor(String slotId) {
    return slot.equals(ALL_SLOTS) || slot.equals(slotId);
  }

  /** Whether nothing is left of another, earlier order once this one is carried out. */
  public boolean voids(Order other) {
    return generation > other.generation
        && kind.register == other.kind.register
        && other.prefix.startsWith(prefix)
        && (kind.register == Register.SERVING || isFor(other.slot));
  }

  /** Whether nothing is left of another, earlier order for one key and one slot. */
  boolean voids(Order other, String key, String slotId) {
    return generation > other.generation
        && kind.register == other.kind.register
        && covers(key)
        && (kind.register == Register.SERVING || isFor(slotId));
  }
}

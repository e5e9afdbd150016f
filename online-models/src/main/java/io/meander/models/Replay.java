/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.util.List;

/** Brings a model set up to date from its update log, by the same rules by which it was changed. */
public final class Replay {

  private final ModelContext context;
  private final Reducer reducer;

  public Replay(ModelContext context, Reducer reducer) {
    this.context = context;
    this.reducer = reducer;
  }

  /**
   * What a replay did.
   *
   * @param facts that were applied
   * @param loads of the key since its image, before this one, as far as the log tells
   */
  public record Replayed(long facts, int loads) {}

  /**
   * Applies a log's facts that come after the set's position.
   *
   * @param set from an image, or empty
   * @param chunks in order; facts that the image already holds are passed over
   * @throws ModelFormatException if a chunk is broken, of another version, or does not join the one
   *     before
   */
  public Replayed run(ModelSet set, Iterable<byte[]> chunks) {
    return run(set, chunks, Long.MAX_VALUE);
  }

  /**
   * As {@link #run(ModelSet, Iterable)}, no further than a position.
   *
   * @param until position at which the replay stops
   */
  public Replayed run(ModelSet set, Iterable<byte[]> chunks, long until) {
    long before = set.position();
    int loads = 0;
    for (byte[] bytes : chunks) {
      FactReader.Chunk chunk = FactReader.read(context, bytes);
      if (chunk.position() > set.position()) {
        throw new ModelFormatException(
            "has a log chunk that begins after fact "
                + chunk.position()
                + ", where fact "
                + set.position()
                + " was the last one known");
      }
      loads = chunk.loads();
      long known = set.position() - chunk.position();
      List<Fact> facts = chunk.facts();
      for (int i = (int) Math.min(known, facts.size());
          i < facts.size() && set.position() < until;
          i++) {
        reducer.apply(set, facts.get(i), chunk.fresh());
      }
    }
    return new Replayed(set.position() - before, loads);
  }
}

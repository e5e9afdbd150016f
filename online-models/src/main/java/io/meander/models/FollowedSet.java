/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * One key's model set as its updates tell it, in the order in which they were sent. An image
 * replaces it; a chunk of facts goes on from it where it begins at the set's position; a chunk at
 * position 0 begins a new life. Anything else is a gap, after which nothing is known until the next
 * image. What came is held as it came, and becomes a live model set when it is asked for. Not
 * thread-safe; what it is guarded by may be entered by one thread after another.
 */
public final class FollowedSet {

  private final String key;
  private final Supplier<Fold> fold;
  private final List<Part> chunks = new ArrayList<>();

  private Part imageOrNull;
  private long imagePosition;
  private long position;
  private boolean known;
  private boolean gap;

  /** At some position from the image's to {@link #position}; or null. */
  private ModelSet liveOrNull;

  private long liveBytes;

  /** Chunks that the live set holds. */
  private int replayed;

  /** Bytes that came, where they are. */
  @FunctionalInterface
  public interface Part {
    /**
     * @throws IOException if they cannot be had
     */
    byte[] bytes() throws IOException;
  }

  /** What an update did. */
  public enum Change {
    /** The set is further than before, or is another one. */
    APPLIED,
    /** It did not join what was known: nothing is known any more. */
    GAP,
    /** Nothing was known, and it is no image. */
    WAITS
  }

  /**
   * @param fold gives that of the calling thread
   */
  public FollowedSet(String key, Supplier<Fold> fold) {
    this.key = key;
    this.fold = fold;
  }

  /** The whole set as of a position. */
  public Change image(long at, Part image) {
    clear();
    imageOrNull = image;
    imagePosition = at;
    position = at;
    known = true;
    return Change.APPLIED;
  }

  /**
   * Facts of the log.
   *
   * @param from position of the first
   * @param facts how many there are
   */
  public Change chunk(long from, long facts, Part chunk) {
    if (from == 0) {
      clear();
      known = true;
    } else if (!known) {
      gap = true;
      return Change.WAITS;
    } else if (from != position) {
      clear();
      gap = true;
      return Change.GAP;
    }
    chunks.add(chunk);
    position = from + facts;
    return Change.APPLIED;
  }

  /** The key was forgotten: there is nothing to know until its next life. */
  public void forgotten() {
    clear();
  }

  /** What came cannot be used: nothing is known until the next image. */
  public void lost() {
    clear();
    gap = true;
  }

  private void clear() {
    imageOrNull = null;
    imagePosition = 0;
    chunks.clear();
    position = 0;
    known = false;
    gap = false;
    unload();
  }

  /** Whether the set is known, whole and as of the last update. */
  public boolean isKnown() {
    return known;
  }

  /** Whether updates came that something is missing before, and no image since. */
  public boolean isGap() {
    return gap;
  }

  /** Facts of the key's life that are known. */
  public long position() {
    return position;
  }

  /** Position of the image that is held; 0 if the life is held from its beginning. */
  public long imagePosition() {
    return imagePosition;
  }

  /** Whether a live model set is held, perhaps one that is behind {@link #position}. */
  public boolean isLive() {
    return liveOrNull != null;
  }

  /** Estimate of what the live model set takes on the heap, as of its image; 0 without either. */
  public long liveBytes() {
    return liveBytes;
  }

  /**
   * The live model set as of {@link #position}, brought up to it first. Changed by nobody but this.
   *
   * @throws ModelFormatException if what came is broken or does not fit
   */
  public ModelSet set() throws IOException {
    if (liveOrNull == null) {
      liveOrNull = begin();
      replayed = 0;
    }
    ModelSet set = liveOrNull;
    try {
      fold.get().replay().run(set, bytes(replayed));
      if (set.position() != position) {
        throw new ModelFormatException(
            "has updates up to position %d that end at %d".formatted(position, set.position()));
      }
    } catch (IOException | RuntimeException e) {
      unload(); // it may be half way through a chunk
      throw e;
    }
    replayed = chunks.size();
    return set;
  }

  /**
   * A model set of its own as of an earlier position.
   *
   * @param until not before {@link #imagePosition}
   */
  public ModelSet setAt(long until) throws IOException {
    ModelSet set = begin();
    fold.get().replay().run(set, bytes(0), until);
    return set;
  }

  /** The live model set goes; what it was made of stays. */
  public void unload() {
    liveOrNull = null;
    liveBytes = 0;
    replayed = 0;
  }

  /**
   * Puts an image of the set as it is now in the place of all that came.
   *
   * @return the image
   */
  public byte[] fold() throws IOException {
    ModelSetCodec.Written written = fold.get().codec().write(set());
    byte[] bytes = written.bytes();
    imageOrNull = () -> bytes;
    imagePosition = position;
    chunks.clear();
    replayed = 0;
    liveBytes = written.liveBytes();
    return bytes;
  }

  private ModelSet begin() throws IOException {
    if (imageOrNull == null) {
      return fold.get().empty(key);
    }
    ModelSetCodec.Loaded loaded = fold.get().codec().read(key, imageOrNull.bytes());
    if (loaded.set().position() != imagePosition) {
      throw new ModelFormatException(
          "is an image of position %d that says it is of %d"
              .formatted(loaded.set().position(), imagePosition));
    }
    liveBytes = loaded.liveBytes();
    return loaded.set();
  }

  private List<byte[]> bytes(int from) throws IOException {
    List<byte[]> bytes = new ArrayList<>(chunks.size() - from);
    for (Part chunk : chunks.subList(from, chunks.size())) {
      bytes.add(chunk.bytes());
    }
    return bytes;
  }
}

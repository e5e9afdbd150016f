/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.state;

import io.meander.flink.learning.StoredKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The first keys by an order, and figures over all that were added. Not thread-safe. */
public final class StoredKeyList {

  /** Beyond the most it keeps so many before it sorts them out. */
  private static final int SPARE = 1000;

  private final Comparator<StoredKey> order;
  private final int most;
  private final List<StoredKey> listed = new ArrayList<>();
  private Total total = new Total(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** By what they are ordered: by name, or the largest first. */
  public enum Sort {
    KEY,
    SIZE,
    LOG,
    WAITING;

    private Comparator<StoredKey> order() {
      Comparator<StoredKey> byName = Comparator.comparing(StoredKey::key);
      return switch (this) {
        case KEY -> byName;
        case SIZE -> Comparator.comparing(StoredKey::bytes).reversed().thenComparing(byName);
        case LOG -> Comparator.comparing(StoredKey::logFacts).reversed().thenComparing(byName);
        case WAITING -> Comparator.comparing(StoredKey::waiting).reversed().thenComparing(byName);
      };
    }
  }

  /**
   * @param most keys that are listed; 0: all
   */
  public StoredKeyList(Sort sort, int most) {
    this.order = sort.order();
    this.most = most;
  }

  /**
   * Sums over keys; sizes in bytes.
   *
   * @param unreadable keys whose models cannot be read
   * @param images keys that have one
   */
  public record Total(
      long keys,
      long unreadable,
      long slots,
      long images,
      long imageBytes,
      long logFacts,
      long logBytes,
      long featureBytes,
      long versions,
      long versionBytes,
      long waiting,
      long early,
      long remembered,
      long rememberedBytes) {

    /** All of it. */
    public long bytes() {
      return imageBytes + logBytes + featureBytes + versionBytes + rememberedBytes;
    }

    private Total with(StoredKey key) {
      return new Total(
          keys + 1,
          unreadable + (key.problem() == null ? 0 : 1),
          slots + key.slots().size(),
          images + (key.imageBytes() > 0 ? 1 : 0),
          imageBytes + key.imageBytes(),
          logFacts + key.logFacts(),
          logBytes + key.logBytes(),
          featureBytes + key.featureBytes(),
          versions + key.versions(),
          versionBytes + key.versionBytes(),
          waiting + key.waiting(),
          early + key.early(),
          remembered + key.remembered(),
          rememberedBytes + key.rememberedBytes());
    }
  }

  public void add(StoredKey key) {
    total = total.with(key);
    listed.add(key);
    if (most > 0 && listed.size() > most + SPARE) {
      cut();
    }
  }

  private void cut() {
    listed.sort(order);
    if (most > 0 && listed.size() > most) {
      listed.subList(most, listed.size()).clear();
    }
  }

  public Total total() {
    return total;
  }

  /** The first ones, in order. */
  public List<StoredKey> listed() {
    cut();
    return List.copyOf(listed);
  }
}

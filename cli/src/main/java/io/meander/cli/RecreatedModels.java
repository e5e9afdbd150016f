/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.avro.ModelUpdate;
import io.meander.avro.UpdateKind;
import io.meander.models.Fold;
import io.meander.models.FollowedSet;
import io.meander.models.ModelContext;
import io.meander.models.ModelFormatException;
import io.meander.models.ModelSet;
import io.meander.serving.HeldUpdate;
import io.meander.serving.Payloads;
import io.meander.serving.SnapshotException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Model sets as they were at given points of their update logs, made anew of an image and the facts
 * after it by the code that learned them. Updates come in each key's order.
 */
final class RecreatedModels {

  private final String pipeline;
  private final ModelContext context;
  private final LogPoint.Points points;
  private final boolean verifies;
  private final Consumer<String> problems;
  private final Fold fold;
  private final Map<String, Key> keys = new TreeMap<>();

  private long verified;
  private long different;
  private long notMade;

  /**
   * @param pipeline name in the spec
   * @param context of the spec; what writes the sets that are made has to have the same
   * @param verifies whether every image is compared with what the log before it makes
   * @param problems told, in words, of updates that cannot be used
   */
  RecreatedModels(
      String pipeline,
      ModelContext context,
      LogPoint.Points points,
      boolean verifies,
      Consumer<String> problems) {
    this.pipeline = pipeline;
    this.context = context;
    this.points = points;
    this.verifies = verifies;
    this.problems = problems;
    this.fold = new Fold(context);
  }

  /** What is held of a key. */
  private static final class Key {
    final FollowedSet set;
    final LogPoint point;

    /** Nothing more is wanted of this life. */
    boolean reached;

    Instant sentAtOrNull;
    ByteBuffer featureStateOrNull;

    Key(FollowedSet set, LogPoint point) {
      this.set = set;
      this.point = point;
    }
  }

  /**
   * A model set that was made anew.
   *
   * @param sentAtOrNull when the update was sent that it ends with or in
   * @param featureStateOrNull of the last update that it holds whole
   */
  record Recreated(ModelSet set, Instant sentAtOrNull, ByteBuffer featureStateOrNull) {}

  void take(ModelUpdate update) {
    LogPoint point = points.ofOrNull(update.getKey());
    if (point == null) {
      return;
    }
    Key key =
        keys.computeIfAbsent(
            update.getKey(), name -> new Key(new FollowedSet(name, () -> fold), point));
    boolean birth =
        update.getKind() == UpdateKind.FORGOTTEN
            || (update.getKind() == UpdateKind.FACTS && update.getPosition() == 0);
    if (point.timeOrNull() != null) {
      key.reached =
          key.reached
              || (update.getSentAt() != null && update.getSentAt().isAfter(point.timeOrNull()));
    } else if (birth) {
      key.reached = false; // positions are of the last life
    }
    if (key.reached) {
      return;
    }
    if (update.getKind() == UpdateKind.IMAGE
        && update.getPosition() > point.position()
        && key.set.isKnown()) {
      return; // what is known is nearer to the point
    }
    try {
      tell(key, HeldUpdate.of(update, pipeline, context));
    } catch (SnapshotException e) {
      problems.accept(e.getMessage());
      key.set.lost();
    }
  }

  private void tell(Key key, HeldUpdate held) {
    ModelUpdate update = held.record();
    byte[] before = isVerifiable(key, update) ? canonical(update.getKey(), key.set) : null;
    FollowedSet.Change change = held.tell(key.set, Payloads.STORES);
    if (change == FollowedSet.Change.GAP) {
      problems.accept(
          "key '%s': the update at position %d does not go on from the one before it"
              .formatted(update.getKey(), update.getPosition()));
    }
    if (before != null) {
      verified++;
      if (!Arrays.equals(before, canonical(update.getKey(), key.set))) {
        different++;
        problems.accept(
            "key '%s': the image at position %d is not what the log before it makes"
                .formatted(update.getKey(), update.getPosition()));
      }
    }
    if (change == FollowedSet.Change.APPLIED) {
      key.sentAtOrNull = update.getSentAt();
      if (key.set.position() <= key.point.position()) {
        key.featureStateOrNull = update.getFeatureState();
      }
      key.reached = key.set.position() >= key.point.position();
    }
  }

  private boolean isVerifiable(Key key, ModelUpdate update) {
    return verifies
        && update.getKind() == UpdateKind.IMAGE
        && key.set.isKnown()
        && key.set.position() == update.getPosition();
  }

  /** Null if it cannot be had. */
  private byte[] canonical(String name, FollowedSet set) {
    try {
      return fold.canonical(set.set());
    } catch (IOException | ModelFormatException e) {
      problems.accept("key '%s' %s".formatted(name, e.getMessage()));
      return null;
    }
  }

  /** Images that were compared with the log before them. */
  long verified() {
    return verified;
  }

  /** Of these, the ones that were not what the log made. */
  long different() {
    return different;
  }

  /** Keys whose model set could not be made. */
  long notMade() {
    return notMade;
  }

  /** The keys that were found. */
  Iterable<String> names() {
    return keys.keySet();
  }

  /** The model sets in the order of their keys; what cannot be made is told as a problem. */
  List<Recreated> all() {
    List<Recreated> all = new ArrayList<>();
    keys.forEach(
        (name, key) -> {
          try {
            Recreated made = madeOrNull(name, key);
            if (made != null) {
              all.add(made);
            } else {
              notMade++;
            }
          } catch (IOException | ModelFormatException e) {
            problems.accept("key '%s' %s".formatted(name, e.getMessage()));
            notMade++;
          }
        });
    return all;
  }

  private Recreated madeOrNull(String name, Key key) throws IOException {
    FollowedSet set = key.set;
    long position = key.point.position();
    if (!set.isKnown()) {
      problems.accept(
          set.isGap()
              ? "key '%s': updates are missing before the point, and there is no image after them"
                  .formatted(name)
              : "key '%s': it was not born yet, or is forgotten".formatted(name));
      return null;
    }
    boolean inside = position >= set.imagePosition() && position <= set.position();
    if (position != Long.MAX_VALUE && !inside) {
      problems.accept(
          "key '%s': position %d is not in the log, which is known from %d to %d"
              .formatted(name, position, set.imagePosition(), set.position()));
      return null;
    }
    ModelSet made = set.setAt(Math.min(position, set.position()));
    return new Recreated(made, key.sentAtOrNull, key.featureStateOrNull);
  }
}

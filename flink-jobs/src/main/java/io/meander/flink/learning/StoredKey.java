/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import java.util.List;

/**
 * What state holds of a key, and what its models are: those of the image with the update log
 * learned again, as a job that starts from this state would load them. Sizes are in bytes, as
 * stored.
 *
 * @param position facts since the key's birth
 * @param labels that scored a prediction
 * @param generation of the deployment that the key has caught up with
 * @param servedBy the slot that serves; empty if the models could not be read
 * @param lastEventTime of an answered event, ISO-8601; null if there was none
 * @param imageBytes 0: no image yet, the log has the key's whole life
 * @param logFacts since the image
 * @param featureBytes of what missing values are filled in from and what features remember
 * @param versions that a rollback can go back to
 * @param waiting predictions that wait for their labels
 * @param early labels that wait for their events
 * @param remembered event ids: of predictions that wait, of labels that wait, and of what was
 *     answered and could come again
 * @param slots none if the models could not be read
 * @param problem why the models cannot be read; null if they can
 */
public record StoredKey(
    String key,
    long position,
    long labels,
    long generation,
    String servedBy,
    String lastEventTime,
    long imageBytes,
    int logChunks,
    long logFacts,
    long logBytes,
    long featureBytes,
    int versions,
    long versionBytes,
    int waiting,
    int early,
    int remembered,
    long rememberedBytes,
    List<StoredSlot> slots,
    String problem) {

  public StoredKey {
    slots = List.copyOf(slots);
  }

  /** All of it. */
  public long bytes() {
    return imageBytes + logBytes + featureBytes + versionBytes + rememberedBytes;
  }

  /**
   * A slot.
   *
   * @param features fingerprint of the schema that it learns under
   * @param trained instances in this incarnation
   * @param version of its newest snapshot; 0 before the first
   * @param serves whether its votes are the key's answers
   * @param state {@code learns}, {@code frozen} (a twin), {@code stopped} (by its size limit) or
   *     {@code paused} (by a command)
   * @param bytes of its model, as a snapshot's payload
   */
  public record StoredSlot(
      String id,
      String learner,
      int seed,
      String features,
      long incarnation,
      long trained,
      long version,
      long drifts,
      boolean serves,
      String state,
      long bytes) {}
}

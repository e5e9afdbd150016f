/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/** Where a key's earlier versions are, for {@link Order.Kind#ROLLBACK}. */
@FunctionalInterface
public interface KeptVersions {

  /** Nothing is kept. */
  KeptVersions NONE = (slot, version) -> null;

  /**
   * A slot's learner as it was published.
   *
   * @param learned what it was made of
   * @param trained instances it had learned
   * @param payload as {@link LearnerCodec} wrote it; one that it reads
   */
  record Kept(SlotSpec learned, long version, long trained, byte[] payload) {}

  /**
   * @param version of the slot's snapshot, or {@link Order#NEWEST}
   * @return null if it is not kept
   */
  Kept find(String slot, long version);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Reads a snapshot topic once, as it stands. */
public final class SnapshotTopic {

  private SnapshotTopic() {}

  /**
   * The newest committed record under each record key, whatever it holds.
   *
   * @param kafka properties of a Kafka client, {@code bootstrap.servers} among them
   * @return values by record key, in the order of the keys
   * @throws FollowException if no broker answers, there is no such topic, or reading stands still
   */
  public static Map<String, byte[]> newest(Properties kafka, String topic) throws FollowException {
    Map<String, byte[]> newest = new TreeMap<>();
    CommittedRecords.read(
        kafka,
        topic,
        (key, value) -> {
          if (value == null) {
            newest.remove(key);
          } else {
            newest.put(key, value);
          }
        });
    return newest;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.avro.AvroEncoding;
import io.meander.serving.CommittedRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecordBase;

/** What is on a topic. */
final class TopicRecords {

  private TopicRecords() {}

  /** Of all committed records, of a partition in their order. */
  static <T extends SpecificRecordBase> List<T> of(String servers, String topic, Class<T> type)
      throws Exception {
    List<T> records = new ArrayList<>();
    for (byte[] value : values(servers, topic)) {
      records.add(AvroEncoding.decode(value, type));
    }
    return records;
  }

  /** As {@link #of}, undecoded, and null of a tombstone. */
  static List<byte[]> values(String servers, String topic) throws Exception {
    Properties kafka = new Properties();
    kafka.setProperty("bootstrap.servers", servers);
    List<byte[]> values = new ArrayList<>();
    CommittedRecords.read(kafka, topic, (key, value) -> values.add(value));
    return values;
  }
}

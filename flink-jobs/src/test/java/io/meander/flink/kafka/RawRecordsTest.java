/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.flink.RawRecord;
import io.meander.models.Observation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RawRecordsTest {

  @Test
  void handsOnBytesAndPlace() {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("flights", 3, 9, new byte[] {1}, new byte[] {2});

    assertThat(read(record))
        .usingRecursiveComparison()
        .isEqualTo(
            new RawRecord(
                "flights",
                3,
                9,
                Observation.NO_TIME,
                new byte[] {1},
                new byte[] {2},
                Observation.UNNUMBERED,
                null));
  }

  @Test
  void takesTheNumberFromItsHeaderAndPassesOverAStrangeOne() {
    ConsumerRecord<byte[], byte[]> numbered = new ConsumerRecord<>("t", 0, 0, null, null);
    numbered
        .headers()
        .add(RawRecords.SEQUENCE_HEADER, ByteBuffer.allocate(8).putLong(0, 258).array());
    ConsumerRecord<byte[], byte[]> strange = new ConsumerRecord<>("t", 0, 0, null, null);
    strange.headers().add(RawRecords.SEQUENCE_HEADER, new byte[] {1, 2});

    assertThat(read(numbered).sequence()).isEqualTo(258);
    assertThat(read(strange).sequence()).isEqualTo(Observation.UNNUMBERED);
  }

  private static RawRecord read(ConsumerRecord<byte[], byte[]> record) {
    List<RawRecord> out = new ArrayList<>();
    new RawRecords().deserialize(record, new ListCollector<>(out));
    return out.get(0);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.AvroEncoding;
import io.meander.avro.MalformedEventException;
import io.meander.avro.Reject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class AvroRecordsTest {

  private static final int LIMIT = 2_000;

  private final Counter tooLarge = new SimpleCounter();

  @Test
  void writesSingleObjectEncodingUnderTheKeysText() throws MalformedEventException {
    Reject reject = reject(10);

    ProducerRecord<byte[], byte[]> record =
        records(Reject::getTopic, r -> null).serialize(reject, null, null);

    assertThat(record.topic()).isEqualTo("rejects");
    assertThat(record.key()).isEqualTo("flüge".getBytes(StandardCharsets.UTF_8));
    assertThat(AvroEncoding.decode(record.value(), Reject.class)).isEqualTo(reject);
    assertThat(tooLarge.getCount()).isZero();
  }

  @Test
  void sendsATombstoneWhereThereIsNoValueAnyMore() {
    AvroRecords<Reject> records =
        new AvroRecords<>(
            "p", "rejects", Reject::getTopic, LIMIT, r -> null, r -> r.getOffset() == 1);
    records.open(new Context(), null);

    ProducerRecord<byte[], byte[]> record = records.serialize(reject(10), null, null);

    assertThat(record.key()).isEqualTo("flüge".getBytes(StandardCharsets.UTF_8));
    assertThat(record.value()).isNull();
  }

  @Test
  void leavesOutAndCountsWhatIsTooLarge() {
    AvroRecords<Reject> records = records(r -> null, r -> null);

    assertThat(records.serialize(reject(LIMIT), null, null)).isNull();
    assertThat(records.serialize(reject(1), null, null)).isNotNull();
    assertThat(tooLarge.getCount()).isEqualTo(1);
  }

  @Test
  void sendsTheSmallerFormOfWhatIsTooLarge() throws MalformedEventException {
    AvroRecords<Reject> records =
        records(r -> null, r -> Reject.newBuilder(r).setValue(null).build());

    ProducerRecord<byte[], byte[]> record = records.serialize(reject(LIMIT), null, null);

    assertThat(AvroEncoding.decode(record.value(), Reject.class).getValue()).isNull();
    assertThat(tooLarge.getCount()).isEqualTo(1);
  }

  private AvroRecords<Reject> records(KeyText<Reject> key, AvroRecords.Smaller<Reject> smaller) {
    AvroRecords<Reject> records = new AvroRecords<>("p", "rejects", key, LIMIT, smaller);
    records.open(new Context(), null);
    return records;
  }

  private static Reject reject(int valueBytes) {
    return Reject.newBuilder()
        .setPipeline("p")
        .setReason("malformed-avro")
        .setDetail("too short")
        .setTopic("flüge")
        .setPartition(0)
        .setOffset(1)
        .setValue(ByteBuffer.allocate(valueBytes))
        .build();
  }

  private final class Context implements SerializationSchema.InitializationContext {

    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup() {
        @Override
        public MetricGroup addGroup(String key, String value) {
          assertThat(List.of(key, value)).containsExactly("meander", "p");
          return this;
        }

        @Override
        public Counter counter(String name) {
          return name.equals("recordsTooLarge") ? tooLarge : super.counter(name);
        }
      };
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return SimpleUserCodeClassLoader.create(getClass().getClassLoader());
    }
  }
}

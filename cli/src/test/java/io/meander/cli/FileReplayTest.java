/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReplayTest {

  @TempDir Path folder;

  @Test
  void anUnfitRowGoesUnderItsKeyWhereThatCanBeRead() throws Exception {
    List<ProducerRecord<byte[], byte[]>> sent =
        sent(
            """
            id,at,shop,amount
            p0,1000,s1,5
            ,2000,s1,6
            p2,,s2,7
            p3,4000,,8
            p4,5000,s1,five,1
            p5,6000,s2,9
            """,
            null);

    assertThat(sent)
        .extracting(FileReplayTest::key)
        .containsExactly("s1", "s1", "s2", null, null, "s2");
    assertThat(new String(sent.get(4).value(), StandardCharsets.UTF_8))
        .isEqualTo("p4,5000,s1,five,1");
  }

  @Test
  void labelsAreSentWhereTheirTimesAreAndUnfitOnesUnderTheirKey() throws Exception {
    List<ProducerRecord<byte[], byte[]>> sent =
        sent(
            """
            id,at,shop,amount
            p0,1000,s1,5
            p1,2000,s2,6
            p2,4000,s1,7
            """,
            """
            payment,came,shop,verdict
            p0,3000,s1,bad
            ,3500,s2,ok
            """);

    assertThat(sent)
        .extracting(record -> record.topic() + " " + key(record))
        .containsExactly("payments s1", "payments s2", "charges s1", "charges s2", "payments s1");
  }

  private static String key(ProducerRecord<byte[], byte[]> record) {
    return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
  }

  private List<ProducerRecord<byte[], byte[]>> sent(String payments, String chargesOrNull)
      throws Exception {
    Files.writeString(
        folder.resolve("payment.avsc"),
        """
        {"type": "record", "name": "Payment", "fields": [
          {"name": "id", "type": ["null", "string"]},
          {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
          {"name": "shop", "type": ["null", "string"]},
          {"name": "amount", "type": "double"}]}
        """);
    Files.writeString(
        folder.resolve("charge.avsc"),
        """
        {"type": "record", "name": "Charge", "fields": [
          {"name": "payment", "type": ["null", "string"]},
          {"name": "came", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "shop", "type": "string"},
          {"name": "verdict", "type": {"type": "enum", "name": "V", "symbols": ["ok", "bad"]}}]}
        """);
    PipelineSpec spec =
        SpecLoader.load(
            Files.writeString(
                folder.resolve("spec.yaml"),
                """
                name: frauds
                events: {topic: payments, schema: payment.avsc, key: [shop], id: id, time: {field: at}}
                label: {topic: charges, schema: charge.avsc, id: payment, field: verdict,
                        time: {field: came}, wait: 10d}
                features: [amount]
                slots: [{id: nb, learner: bayes.NaiveBayes}]
                """));
    Path events = Files.writeString(folder.resolve("payments.csv"), payments);
    Path labels =
        chargesOrNull == null
            ? null
            : Files.writeString(folder.resolve("charges.csv"), chargesOrNull);
    FileReplay replay =
        new FileReplay(
            spec,
            events,
            labels,
            KafkaAddress.of("localhost:1"),
            Long.MAX_VALUE,
            Rate.UNLIMITED,
            Double.POSITIVE_INFINITY);
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    replay.run(producer);
    assertThat(replay.unfit()).isPositive();
    assertThat(replay.sent()).isEqualTo(producer.history().size());
    return producer.history();
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.features.FeatureSpec;
import io.meander.models.DriftPolicies;
import io.meander.models.Observation;
import io.meander.models.SlotSpec;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** A small pipeline over flights, and events of it. */
public final class TestPipelines {

  public static final Schema FLIGHT =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Flight", "fields": [
                {"name": "id", "type": ["null", "string"]},
                {"name": "origin", "type": ["null", "string"]},
                {"name": "carrier", "type": "string"},
                {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
                {"name": "miles", "type": ["null", "double"]},
                {"name": "late", "type": ["null", "string"]},
                {"name": "delay", "type": ["null", "double"]}
              ]}
              """);

  private TestPipelines() {}

  /** Key origin, id and time declared, the class in {@code late}. */
  public static PipelineSpec flights() {
    return flights(
        new PipelineSpec.Label("late", null, List.of("no", "yes"), List.of("delay")),
        PipelineSpec.Delivery.AT_LEAST_ONCE);
  }

  public static PipelineSpec flights(PipelineSpec.Label label, PipelineSpec.Delivery delivery) {
    return with(
        new PipelineSpec.Events(
            "flights",
            FLIGHT,
            List.of("origin"),
            "id",
            new PipelineSpec.EventTime(
                "at", null, ZoneOffset.UTC, Duration.ofMinutes(5), Duration.ofMinutes(1))),
        label,
        delivery);
  }

  /** One of several that learn from {@code trips}, by a key of its own. */
  static PipelineSpec trips(String name, String key, String label) throws SpecException {
    return SpecLoader.parse(
        """
        name: %s
        events: {topic: trips, schema: flight.avsc, key: [%s], id: id}
        label: %s
        features: [miles]
        slots: [{id: bayes, learner: bayes.NaiveBayes}]
        """
            .formatted(name, key, label),
        file -> FLIGHT.toString());
  }

  /** Neither key nor id nor time. */
  public static PipelineSpec bare() {
    return with(
        new PipelineSpec.Events("flights", FLIGHT, List.of(), null, null),
        new PipelineSpec.Label("delay", 15.0, List.of("no", "yes"), List.of()),
        PipelineSpec.Delivery.AT_LEAST_ONCE);
  }

  /** As {@link #flights()}, with the events' weight in a field. */
  public static PipelineSpec weighted(String field) {
    return SpecVariants.with(flights(), "weight", new PipelineSpec.Weight(field, Map.of()));
  }

  /** As {@link #flights()}, with its update log on a topic. */
  public static PipelineSpec followed(PipelineSpec.Updates updates) {
    return SpecVariants.with(
        flights(),
        "snapshots",
        new PipelineSpec.Snapshots(
            10, Duration.ofSeconds(30), true, 1000, null, 512 << 10, updates));
  }

  /** As {@link #flights()}, with payloads above a size in a folder. */
  public static PipelineSpec offloaded(URI folder, int maxInlineBytes) {
    return SpecVariants.with(
        flights(),
        "snapshots",
        new PipelineSpec.Snapshots(
            10, Duration.ofSeconds(30), true, 1000, folder, maxInlineBytes, null));
  }

  /** As {@link #flights()}, evaluated in another way. */
  public static PipelineSpec evaluated(
      PipelineSpec.Evaluation evaluation, Duration expireAfterOrNull) {
    return SpecVariants.with(
        SpecVariants.with(flights(), "evaluation", evaluation),
        "expireAfterOrNull",
        expireAfterOrNull);
  }

  private static PipelineSpec with(
      PipelineSpec.Events events, PipelineSpec.Label label, PipelineSpec.Delivery delivery) {
    return new PipelineSpec(
        "",
        "flights",
        events,
        label,
        List.of(new FeatureSpec.Plain("miles", "miles")),
        List.of(new SlotSpec("bayes", "bayes.NaiveBayes", 1)),
        Map.of(),
        "bayes",
        DriftPolicies.DEFAULT,
        null,
        new PipelineSpec.Snapshots(10, Duration.ofSeconds(30), true),
        new PipelineSpec.Recovery(Duration.ofMillis(100), PipelineSpec.OnCorruptModel.FAIL),
        null,
        new PipelineSpec.Evaluation(1000, List.of(List.of("carrier", "origin"))),
        new PipelineSpec.Topics(
            "flights-predictions",
            "flights-drift",
            "flights-evaluations",
            "flights-snapshots",
            "flights-rejects",
            "flights-control",
            "flights-control-acks"),
        delivery);
  }

  public static GenericRecord flight(String id, String origin, long at, double miles, String late) {
    GenericRecord flight = new GenericData.Record(FLIGHT);
    flight.put("id", id);
    flight.put("origin", origin);
    flight.put("carrier", "DL");
    flight.put("at", at);
    flight.put("miles", miles);
    flight.put("late", late);
    return flight;
  }

  /** Plain Avro binary. */
  public static byte[] bytes(GenericRecord record) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  /** As a Kafka source would hand it on. */
  public static RawRecord raw(GenericRecord record) {
    return raw(bytes(record));
  }

  public static RawRecord raw(byte[] value) {
    return new RawRecord("flights", 2, 17, 5_000, null, value, Observation.UNNUMBERED, null);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.avro.AvroEncoding;
import io.meander.avro.FeatureColumn;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.SnapshotCause;
import io.meander.avro.SnapshotMetrics;
import io.meander.models.Answer;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Observation;
import io.meander.models.Reducer;
import io.meander.models.Slot;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A pipeline of one numeric feature, and snapshots of keys that learned from made-up events. */
public final class TaughtFlights {

  private final PipelineSpec spec;
  private final Map<String, ModelSet> sets = new HashMap<>();
  private final Reducer reducer;

  public TaughtFlights(Path folder) throws IOException, SpecException {
    Files.writeString(
        folder.resolve("flight.avsc"),
        """
        {"type": "record", "name": "Flight", "fields": [
          {"name": "origin", "type": "string"},
          {"name": "miles", "type": "double"},
          {"name": "late", "type": ["null", "string"]}
        ]}
        """);
    this.spec =
        SpecLoader.load(
            Files.writeString(
                folder.resolve("flights.yaml"),
                """
                name: flights
                task: classification
                events: {topic: flights, schema: flight.avsc, key: [origin]}
                label: {field: late, classes: ["no", "yes"]}
                features: [miles]
                slots:
                  - {id: nb, learner: bayes.NaiveBayes}
                """));
    this.reducer = new Reducer(spec.modelContext());
  }

  public PipelineSpec spec() {
    return spec;
  }

  /** The record of the key's first snapshot after so many instances. */
  public byte[] learned(String key, int instances) {
    ModelSet set = new ModelSet(key, spec.target());
    sets.put(key, set);
    reducer.decideTouched(set, spec.deployment(), 0, 0).forEach(fact -> reducer.apply(set, fact));
    for (int i = 0; i < instances; i++) {
      Observation event = event(key, i % 40);
      Answer answer = reducer.answer(set, event);
      reducer.apply(
          set, reducer.decideLabelled(set, event.features(), answer, i % 40 > 25 ? 1 : 0, 1));
    }
    Slot slot = set.slot("nb");
    ModelContext context = spec.modelContext();
    byte[] payload = new LearnerCodec(context).write(slot);
    return AvroEncoding.encode(
        ModelSnapshot.newBuilder()
            .setPipeline(spec.name())
            .setKey(key)
            .setSlot(slot.id())
            .setIncarnation(1)
            .setVersion(1)
            .setParentVersion(0)
            .setPosition(set.position())
            .setChampion(set.servedBy())
            .setCause(SnapshotCause.INSTANCES)
            .setTrainedInstances(slot.trainedInstances())
            .setOffsets(List.of())
            .setPublishedAt(Instant.parse("2026-01-01T00:00:01Z"))
            .setMetrics(SnapshotMetrics.newBuilder().setInstances(instances).build())
            .setLearner(slot.spec().learner())
            .setSeed(1)
            .setMoaVersion(LearnerCodec.MOA_VERSION)
            .setFeatures(
                context.features().columns().stream()
                    .map(
                        column ->
                            new FeatureColumn(column.name(), column.values(), column.declared()))
                    .toList())
            .setFeatureFingerprint(context.fingerprint())
            .setClasses(context.classes())
            .setFormat(LearnerCodec.FORMAT)
            .setChecksum(Taught.checksum(payload))
            .setPayloadBytes(payload.length)
            .setPayload(ByteBuffer.wrap(payload))
            .build());
  }

  /** What the job would serve. */
  public double[] votes(String key, double miles) {
    return reducer.answer(sets.get(key), event(key, miles)).servedAnswer().votes();
  }

  private static Observation event(String key, double miles) {
    return new Observation(
        0, "e", key, 0, new double[] {miles}, Observation.NO_LABEL, new String[0]);
  }
}

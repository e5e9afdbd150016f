/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.avro.AvroEncoding;
import io.meander.avro.MalformedEventException;
import io.meander.avro.ModelUpdate;
import io.meander.serving.CommittedRecords;
import io.meander.serving.FollowException;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;

/** The update log of a pipeline, on its topic or in an Avro file of it. */
final class UpdateSource {

  private UpdateSource() {}

  /**
   * All that is on the topic, each key's in order.
   *
   * @throws CommandFailure if a record is no update
   */
  static void read(PipelineSpec spec, KafkaAddress kafka, Consumer<ModelUpdate> each)
      throws FollowException {
    String topic = updates(spec).topic();
    CommittedRecords.read(
        kafka.clientProperties(),
        topic,
        (key, value) -> {
          try {
            each.accept(AvroEncoding.decode(value, ModelUpdate.class));
          } catch (MalformedEventException e) {
            throw new CommandFailure(
                "A record of key '%s' on '%s' is %s.".formatted(key, topic, e.getMessage()));
          }
        });
  }

  /** What the spec says of its updates. */
  static PipelineSpec.Updates updates(PipelineSpec spec) {
    return spec.snapshots()
        .updates()
        .orElseThrow(
            () ->
                new CommandFailure(
                    "The spec has no snapshots.deltas: true, so that there is no update log."));
  }

  /** All that is in an Avro file, in its order. */
  static void read(Path file, Consumer<ModelUpdate> each) throws IOException {
    try (DataFileReader<ModelUpdate> reader =
        new DataFileReader<>(file.toFile(), AvroEncoding.ofFile(ModelUpdate.class))) {
      reader.forEach(each);
    }
  }

  /** Writes an Avro file; close it. */
  static DataFileWriter<ModelUpdate> write(Path file) throws IOException {
    return new DataFileWriter<>(new SpecificDatumWriter<>(ModelUpdate.class))
        .create(ModelUpdate.getClassSchema(), file.toFile());
  }
}

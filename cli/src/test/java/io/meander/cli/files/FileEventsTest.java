/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.flink.RawRecord;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.core.io.InputStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileEventsTest {

  @TempDir Path folder;

  @Test
  void goesOnAtTheRowThatACheckpointHolds() throws Exception {
    Path file = Files.writeString(folder.resolve("a.csv"), "n,m\n1,1\n2,1\nthree,3,1\n4,1\n5,1\n");
    FileEvents source = new FileEvents(file, null, spec(), 4, false, null);
    List<RawRecord> records = new ArrayList<>();

    var reader = source.createReader(null);
    assertThat(reader.pollNext(into(records))).isEqualTo(InputStatus.NOTHING_AVAILABLE);
    reader.addSplits(List.of(new FileEvents.Position(0)));
    assertThat(reader.isAvailable()).isDone();
    reader.pollNext(into(records));
    reader.pollNext(into(records));
    FileEvents.Position position = reader.snapshotState(1).get(0);
    reader.close();
    var serializer = source.getSplitSerializer();
    FileEvents.Position restored =
        serializer.deserialize(serializer.getVersion(), serializer.serialize(position));
    var next = source.createReader(null);
    next.addSplits(List.of(restored));
    while (next.pollNext(into(records)) != InputStatus.END_OF_INPUT) {}
    next.close();

    assertThat(records).extracting(RawRecord::sequence).containsExactly(0L, 1L, 2L, 3L);
    assertThat(records).extracting(RawRecord::offset).containsExactly(0L, 1L, 2L, 3L);
    assertThat(records.get(2).unreadable()).isEqualTo("has 3 columns, the header has 2");
    assertThat(new String(records.get(2).value(), StandardCharsets.UTF_8)).isEqualTo("three,3,1");
    // For each of two fields a union's second branch, then the number: zigzag.
    assertThat(records.get(3).value()).containsExactly(2, 8, 2, 2);
  }

  private PipelineSpec spec() throws Exception {
    Path spec =
        Files.writeString(
            folder.resolve("spec.yaml"),
            """
            name: numbers
            label: {field: n, above: 2, classes: ["no", "yes"]}
            slots: [{id: nb, learner: bayes.NaiveBayes}]
            """);
    try (EventFile events =
        EventFile.open(Files.writeString(folder.resolve("b.csv"), "n,m\n1,1\n"))) {
      return SpecLoader.load(spec, events.schema(), events.kind());
    }
  }

  private static ReaderOutput<RawRecord> into(List<RawRecord> records) {
    return new ReaderOutput<>() {
      @Override
      public void collect(RawRecord record) {
        records.add(record);
      }

      @Override
      public void collect(RawRecord record, long timestamp) {
        records.add(record);
      }

      @Override
      public void emitWatermark(Watermark watermark) {}

      @Override
      public void markIdle() {}

      @Override
      public void markActive() {}

      @Override
      public SourceOutput<RawRecord> createOutputForSplit(String splitId) {
        return this;
      }

      @Override
      public void releaseOutputForSplit(String splitId) {}
    };
  }
}

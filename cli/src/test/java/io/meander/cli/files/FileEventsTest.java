/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.flink.RawRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
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
    Path file = Files.writeString(folder.resolve("a.csv"), "n\n1\n2\nthree,3\n4\n5\n");
    Schema schema;
    try (EventFile events = EventFile.open(Files.writeString(folder.resolve("b.csv"), "n\n1\n"))) {
      schema = events.schema();
    }
    FileEvents source = new FileEvents(file, schema, 4);
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
    assertThat(records.get(2).unreadable()).isEqualTo("has 2 columns, the header has 1");
    assertThat(new String(records.get(2).value(), StandardCharsets.UTF_8)).isEqualTo("three,3");
    // A union's second branch, then the number 4: zigzag 8.
    assertThat(records.get(3).value()).containsExactly(2, 8);
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

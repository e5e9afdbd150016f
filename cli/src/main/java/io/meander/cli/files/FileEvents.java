/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.flink.RawRecord;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A data file as a bounded source of raw records, in the file's order, each with its row's number.
 * One task reads it, whatever the job's parallelism, so that the order is the file's; a checkpoint
 * holds the next row's number.
 */
public final class FileEvents
    implements Source<RawRecord, FileEvents.Position, FileEvents.Position> {

  private static final long serialVersionUID = 1L;

  private final File file;
  private final Schema schema;
  private final long limit;

  /**
   * @param schema the records'; a record type
   * @param limit rows to read at most
   */
  public FileEvents(Path file, Schema schema, long limit) {
    this.file = file.toAbsolutePath().toFile();
    this.schema = schema;
    this.limit = limit;
  }

  /**
   * The split: the file from a row on. As the enumerator's state, row -1 says that it was handed
   * out.
   */
  public record Position(long row) implements SourceSplit {
    static final Position HANDED_OUT = new Position(-1);

    @Override
    public String splitId() {
      return "file";
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SplitEnumerator<Position, Position> createEnumerator(
      SplitEnumeratorContext<Position> context) {
    return new Enumerator(context, new Position(0));
  }

  @Override
  public SplitEnumerator<Position, Position> restoreEnumerator(
      SplitEnumeratorContext<Position> context, Position checkpoint) {
    return new Enumerator(context, checkpoint);
  }

  @Override
  public SimpleVersionedSerializer<Position> getSplitSerializer() {
    return new PositionSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Position> getEnumeratorCheckpointSerializer() {
    return new PositionSerializer();
  }

  @Override
  public SourceReader<RawRecord, Position> createReader(SourceReaderContext context) {
    return new Reader();
  }

  /** Hands the file to the first reader that asks, and tells all others that there is no more. */
  private static final class Enumerator implements SplitEnumerator<Position, Position> {
    private final SplitEnumeratorContext<Position> context;
    private Position left;

    Enumerator(SplitEnumeratorContext<Position> context, Position left) {
      this.context = context;
      this.left = left;
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {
      if (!left.equals(Position.HANDED_OUT)) {
        context.assignSplit(left, subtask);
        left = Position.HANDED_OUT;
      }
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public void addSplitsBack(List<Position> splits, int subtask) {
      left = splits.get(0);
    }

    @Override
    public void addReader(int subtask) {
      handleSplitRequest(subtask, null);
    }

    @Override
    public Position snapshotState(long checkpointId) {
      return left;
    }

    @Override
    public void close() {}
  }

  private final class Reader implements SourceReader<RawRecord, Position> {
    private final GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(schema);
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private final CompletableFuture<Void> available = new CompletableFuture<>();
    private BinaryEncoder encoder;
    private EventFile events;
    private Iterator<EventFile.Row> rows;
    private long row;
    private boolean noMore;

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<RawRecord> output) throws IOException {
      if (rows == null) {
        return noMore ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
      }
      try {
        if (row >= limit || !rows.hasNext()) {
          return InputStatus.END_OF_INPUT;
        }
        output.collect(record(rows.next()));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      row++;
      return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public List<Position> snapshotState(long checkpointId) {
      return rows == null ? List.of() : List.of(new Position(row));
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return available;
    }

    @Override
    public void addSplits(List<Position> splits) {
      try {
        events = EventFile.open(file.toPath(), schema);
        rows = events.rows();
        for (row = 0; row < splits.get(0).row() && rows.hasNext(); row++) {
          rows.next();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      available.complete(null);
    }

    @Override
    public void notifyNoMoreSplits() {
      noMore = true;
      available.complete(null);
    }

    @Override
    public void close() throws IOException {
      if (events != null) {
        events.close();
      }
    }

    private RawRecord record(EventFile.Row next) throws IOException {
      byte[] value =
          next.record() == null
              ? next.text().getBytes(StandardCharsets.UTF_8)
              : encode(next.record());
      return new RawRecord(
          file.getName(), 0, row, Long.MIN_VALUE, null, value, row, next.unreadable());
    }

    private byte[] encode(GenericRecord record) throws IOException {
      buffer.reset();
      encoder = EncoderFactory.get().directBinaryEncoder(buffer, encoder);
      writer.write(record, encoder);
      return buffer.toByteArray();
    }
  }

  /** Eight bytes: the row. */
  private static final class PositionSerializer implements SimpleVersionedSerializer<Position> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Position position) {
      return ByteBuffer.allocate(Long.BYTES).putLong(position.row()).array();
    }

    @Override
    public Position deserialize(int version, byte[] bytes) throws IOException {
      if (version != getVersion() || bytes.length != Long.BYTES) {
        throw new IOException("a file position of version " + version + " cannot be read");
      }
      return new Position(ByteBuffer.wrap(bytes).getLong());
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.flink.RawRecord;
import io.meander.spec.PipelineSpec;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
 * A data file, with a file of labels beside it if there is one, as a bounded source of raw records
 * in the order of their arrival (see {@link Arrivals}), numbered without gaps. One task reads it,
 * whatever the job's parallelism, so that there is one order; a checkpoint holds the next number.
 */
public final class FileEvents
    implements Source<RawRecord, FileEvents.Position, FileEvents.Position> {

  private static final long serialVersionUID = 1L;

  private final File file;
  private final File labelsOrNull;
  private final PipelineSpec spec;
  private final long limit;
  private final boolean labelsAfterEnd;
  private final String arrivedOrNull;
  private final boolean staysOpen;

  /**
   * @param labelsOrNull a file of labels, if the spec has them on a topic of their own
   * @param limit events to read at most
   * @param labelsAfterEnd as for {@link Arrivals#open}, as is the next
   */
  public FileEvents(
      Path file,
      Path labelsOrNull,
      PipelineSpec spec,
      long limit,
      boolean labelsAfterEnd,
      String arrivedOrNull) {
    this(file, labelsOrNull, spec, limit, labelsAfterEnd, arrivedOrNull, false);
  }

  private FileEvents(
      Path file,
      Path labelsOrNull,
      PipelineSpec spec,
      long limit,
      boolean labelsAfterEnd,
      String arrivedOrNull,
      boolean staysOpen) {
    this.file = file.toAbsolutePath().toFile();
    this.labelsOrNull = labelsOrNull == null ? null : labelsOrNull.toAbsolutePath().toFile();
    this.spec = spec;
    this.limit = limit;
    this.labelsAfterEnd = labelsAfterEnd;
    this.arrivedOrNull = arrivedOrNull;
    this.staysOpen = staysOpen;
  }

  /**
   * The same records, after the last of which the job runs on until it is stopped: a job that has
   * ended can leave no savepoint.
   */
  public FileEvents stayingOpen() {
    Path labels = labelsOrNull == null ? null : labelsOrNull.toPath();
    return new FileEvents(file.toPath(), labels, spec, limit, labelsAfterEnd, arrivedOrNull, true);
  }

  /**
   * The split: the records from a number on. As the enumerator's state, -1 says that it was handed
   * out.
   */
  public record Position(long number) implements SourceSplit {
    static final Position HANDED_OUT = new Position(-1);

    @Override
    public String splitId() {
      return "file";
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return staysOpen ? Boundedness.CONTINUOUS_UNBOUNDED : Boundedness.BOUNDED;
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
    private final RowRecords records =
        new RowRecords(file.getName(), labelsOrNull == null ? null : labelsOrNull.getName(), spec);
    private CompletableFuture<Void> available = new CompletableFuture<>();
    private Arrivals arrivals;
    private long number;
    private boolean noMore;

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<RawRecord> output) throws IOException {
      if (arrivals == null) {
        return noMore ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
      }
      try {
        Arrivals.Arrived next = arrivals.next();
        if (next == null) {
          return end();
        }
        output.collect(records.of(next, number));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      number++;
      return InputStatus.MORE_AVAILABLE;
    }

    private InputStatus end() {
      if (!staysOpen) {
        return InputStatus.END_OF_INPUT;
      }
      available = new CompletableFuture<>();
      return InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public List<Position> snapshotState(long checkpointId) {
      return arrivals == null ? List.of() : List.of(new Position(number));
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return available;
    }

    @Override
    public void addSplits(List<Position> splits) {
      try {
        arrivals =
            Arrivals.open(
                file.toPath(),
                labelsOrNull == null ? null : labelsOrNull.toPath(),
                spec,
                limit,
                labelsAfterEnd,
                arrivedOrNull);
        for (number = 0; number < splits.get(0).number(); number++) {
          arrivals.next();
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
      if (arrivals != null) {
        arrivals.close();
      }
    }
  }

  /** Eight bytes: the number. */
  private static final class PositionSerializer implements SimpleVersionedSerializer<Position> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Position position) {
      return ByteBuffer.allocate(Long.BYTES).putLong(position.number()).array();
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.features.FieldPathException;
import io.meander.features.UnfitEventException;
import io.meander.features.expression.Expression;
import io.meander.flink.RawRecord.Kind;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * Events and their labels, in the order in which they came: those of a file of labels by their
 * times, or by a field of both files that says when each row arrived; those inside the events when
 * the spec says that they were known. Each file keeps its own order; a label that came at an
 * event's time stands before it. Read once, by one thread.
 */
public final class Arrivals implements AutoCloseable {

  /**
   * A row, and what it is read as.
   *
   * @param row its number in its file, from 0
   * @param time milliseconds since the epoch, or {@link Observation#NO_TIME}: that by which the two
   *     files are put in one order; of a label inside an event, when it was known
   */
  public record Arrived(Kind kind, EventFile.Row content, long row, long time) {}

  private final EventFile events;
  private final EventFile labelsOrNull;
  private final Iterator<EventFile.Row> eventRows;
  private final Iterator<EventFile.Row> labelRows;
  private final FieldTimes eventTimes;
  private final FieldTimes labelTimes;
  private final ToLongFunction<GenericRecord> knownAtOrNull;
  private final long knownAfter;
  private final long limit;
  private final boolean labelsAfterEnd;
  private final PriorityQueue<Arrived> unknown =
      new PriorityQueue<>(Comparator.comparingLong(Arrived::time).thenComparingLong(Arrived::row));

  private Arrived nextEvent;
  private Arrived nextLabel;
  private long eventCount;
  private long labelCount;
  private long now = Observation.NO_TIME;

  private Arrivals(
      EventFile events,
      EventFile labelsOrNull,
      PipelineSpec spec,
      long limit,
      boolean labelsAfterEnd,
      String arrivedOrNull) {
    this.events = events;
    this.labelsOrNull = labelsOrNull;
    this.eventRows = events.rows();
    this.labelRows = labelsOrNull == null ? null : labelsOrNull.rows();
    this.limit = limit;
    this.labelsAfterEnd = labelsAfterEnd;
    Schema schema = spec.events().schema();
    PipelineSpec.EventTime time = spec.events().timeOrNull();
    PipelineSpec.LabelTopic topic = spec.label().topic().orElse(null);
    if (arrivedOrNull != null) {
      this.eventTimes = FieldTimes.of(arrivedOrNull, time, schema);
      this.labelTimes = FieldTimes.of(arrivedOrNull, topic.timeOrNull(), topic.schema());
    } else {
      this.eventTimes = time == null ? null : FieldTimes.of(time.field(), time, schema);
      this.labelTimes =
          topic == null || topic.timeOrNull() == null
              ? null
              : FieldTimes.of(topic.timeOrNull().field(), topic.timeOrNull(), topic.schema());
    }
    PipelineSpec.KnownAt knownAt = spec.label().knownAtOrNull();
    this.knownAfter =
        knownAt == null || knownAt.afterOrNull() == null ? 0 : knownAt.afterOrNull().toMillis();
    this.knownAtOrNull = knownAt == null ? null : knownTimes(knownAt, time, schema);
  }

  private ToLongFunction<GenericRecord> knownTimes(
      PipelineSpec.KnownAt knownAt, PipelineSpec.EventTime time, Schema schema) {
    if (knownAt.valueOrNull() != null) {
      Expression expression = Expression.compile(knownAt.valueOrNull(), schema);
      return event -> read(expression, event);
    }
    return knownAt.fieldOrNull() == null
        ? eventTimes::read
        : FieldTimes.of(knownAt.fieldOrNull(), time, schema)::read;
  }

  private static long read(Expression knownAt, GenericRecord event) {
    try {
      double millis = knownAt.number(event);
      return Double.isNaN(millis) ? Observation.NO_TIME : (long) millis;
    } catch (UnfitEventException e) {
      return Observation.NO_TIME;
    }
  }

  /**
   * @param labelsOrNull a file of labels, if the spec has them on a topic of their own
   * @param limit events to read at most; nothing that came after them is read
   * @param labelsAfterEnd whether labels inside events that were known only after the last event
   *     come at the end, as {@link Kind#LABEL_AFTER_END}, or never
   * @param arrivedOrNull where there is a file of labels: a field of both that says when a row
   *     arrived, by which the two are put in one order; null: their times are
   */
  public static Arrivals open(
      Path events,
      Path labelsOrNull,
      PipelineSpec spec,
      long limit,
      boolean labelsAfterEnd,
      String arrivedOrNull)
      throws IOException {
    EventFile eventFile = EventFile.open(events, spec.events().schema());
    try {
      EventFile labelFile =
          labelsOrNull == null
              ? null
              : EventFile.open(labelsOrNull, spec.label().topic().orElseThrow().schema());
      return new Arrivals(eventFile, labelFile, spec, limit, labelsAfterEnd, arrivedOrNull);
    } catch (IOException | RuntimeException e) {
      eventFile.close();
      throw e;
    }
  }

  /**
   * Checks a field by which events and labels on a topic of their own are to be put in one order.
   *
   * @throws FieldPathException if one of the two has no such field
   * @throws IllegalArgumentException if it holds no time
   */
  public static void requireField(String arrived, PipelineSpec spec) {
    FieldTimes.of(arrived, spec.events().timeOrNull(), spec.events().schema());
    PipelineSpec.LabelTopic topic = spec.label().topic().orElseThrow();
    FieldTimes.of(arrived, topic.timeOrNull(), topic.schema());
  }

  /** The next row, or null after the last; a file that breaks off throws. */
  public Arrived next() {
    if (nextEvent == null && eventCount < limit && eventRows.hasNext()) {
      nextEvent = event(eventRows.next());
    }
    if (nextLabel == null && labelRows != null && labelRows.hasNext()) {
      EventFile.Row row = labelRows.next();
      nextLabel = new Arrived(Kind.LABEL, row, labelCount++, time(labelTimes, row));
    }
    if (nextEvent == null) {
      return afterEvents();
    }
    if (!unknown.isEmpty() && unknown.peek().time() <= nextEvent.time()) {
      return unknown.poll();
    }
    if (nextLabel != null && nextLabel.time() <= nextEvent.time()) {
      return takeLabel();
    }
    Arrived taken = nextEvent;
    nextEvent = null;
    now = Math.max(now, taken.time());
    if (taken.kind() == Kind.EVENT_BEFORE_LABEL) {
      remember(taken);
    }
    return taken;
  }

  private Arrived afterEvents() {
    if (eventCount >= limit) {
      return null;
    }
    if (nextLabel != null) {
      return takeLabel();
    }
    Arrived label = labelsAfterEnd ? unknown.poll() : null;
    return label == null
        ? null
        : new Arrived(Kind.LABEL_AFTER_END, label.content(), label.row(), label.time());
  }

  private Arrived takeLabel() {
    Arrived taken = nextLabel;
    nextLabel = null;
    now = Math.max(now, taken.time());
    return taken;
  }

  private Arrived event(EventFile.Row row) {
    Kind kind = knownAtOrNull == null ? Kind.EVENT : Kind.EVENT_BEFORE_LABEL;
    return new Arrived(kind, row, eventCount++, time(eventTimes, row));
  }

  private void remember(Arrived event) {
    if (event.content().record() == null) {
      return;
    }
    long known = knownAtOrNull.applyAsLong(event.content().record());
    if (known != Observation.NO_TIME) {
      unknown.add(new Arrived(Kind.LABEL, event.content(), event.row(), known + knownAfter));
    }
  }

  /** A row without a time of its own comes as soon as it can. */
  private long time(FieldTimes timesOrNull, EventFile.Row row) {
    if (timesOrNull == null || row.record() == null) {
      return now;
    }
    long time = timesOrNull.read(row.record());
    return time == Observation.NO_TIME ? now : time;
  }

  @Override
  public void close() throws IOException {
    events.close();
    if (labelsOrNull != null) {
      labelsOrNull.close();
    }
  }
}

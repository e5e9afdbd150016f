/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.avro.Evaluation;
import io.meander.flink.PipelineMetrics;
import io.meander.flink.PublishRate;
import io.meander.models.Board;
import io.meander.models.PublishPolicy;
import io.meander.models.Target;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds up the scores of keys and of slices since the job's first start, keyed by {@link
 * Stretch#text}. What comes is put beside what is stored, unread; the parts become one when the
 * figures are told: by a timer, at the stretch's own moments, {@code evaluation.every} apart, if
 * anything was scored since, and no more of them in a second than {@code evaluation.max-per-second}
 * allows. At the end of a bounded input all are told that have changed.
 *
 * <p>Figures of a key go when none of its labels came for {@code expire-after} on the clock. Those
 * of slices stay; beyond its share of {@code evaluation.max-slices} a task takes no further values.
 */
final class PartScores extends AbstractStreamOperator<Evaluation>
    implements OneInputStreamOperator<ScoreDelta, Evaluation>,
        Triggerable<String, VoidNamespace>,
        BoundedOneInput {

  private static final long serialVersionUID = 1L;

  /** With so many parts they become one even before they are told. */
  static final int MAX_PARTS = 64;

  static final String PARTS = "parts";

  private static final String TURN = "turn";
  private static final String SLICE = "slice";

  private final String pipeline;
  private final Target target;
  private final PipelineSpec.Evaluation evaluation;
  private final Duration expireAfterOrNull;
  private final EvaluationRecords records;

  private transient ListState<byte[]> parts;
  private transient ValueState<byte[]> turn;
  private transient ValueState<byte[]> slice;
  private transient InternalTimerService<VoidNamespace> turns;
  private transient InternalTimerService<VoidNamespace> expiry;
  private transient PublishRate rate;

  /** Those that wait since more were due than the rate allows: their turn is their own. */
  private transient Set<String> waiting;

  private transient int slices;
  private transient int maxSlices;
  private transient Counter sliceOverflow;

  PartScores(PipelineSpec spec) {
    this.pipeline = spec.name();
    this.target = spec.target();
    this.evaluation = spec.evaluation();
    this.expireAfterOrNull = spec.expireAfter().orElse(null);
    this.records = new EvaluationRecords(pipeline, target);
  }

  @Override
  public void open() throws Exception {
    super.open();
    parts = getRuntimeContext().getListState(new ListStateDescriptor<>(PARTS, bytes()));
    turn = getRuntimeContext().getState(new ValueStateDescriptor<>(TURN, bytes()));
    slice = getRuntimeContext().getState(new ValueStateDescriptor<>(SLICE, bytes()));
    turns = getInternalTimerService("turns", VoidNamespaceSerializer.INSTANCE, this);
    expiry = getInternalTimerService("expiry", VoidNamespaceSerializer.INSTANCE, new Expiry());
    int tasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    rate = new PublishRate((double) evaluation.maxPerSecond() / tasks);
    waiting = new HashSet<>();
    slices = keys(SLICE).size();
    maxSlices = Math.max(1, evaluation.maxSlices() / tasks);
    MetricGroup metrics = PipelineMetrics.of(getMetricGroup(), pipeline).addGroup("evaluation");
    metrics.gauge("slices", () -> slices);
    metrics.gauge("waiting", () -> waiting.size());
    sliceOverflow = metrics.counter("sliceOverflow");
  }

  @Override
  public void processElement(StreamRecord<ScoreDelta> element) throws Exception {
    ScoreDelta delta = element.getValue();
    Turn before = Turn.of(turn.value());
    if (before.parts() == 0 && !begins(delta)) {
      return;
    }
    long now = turns.currentProcessingTime();
    parts.add(delta.board());
    long due = before.due();
    if (!before.isDue()) {
      due = PublishPolicy.nextTime(delta.stretch(), now, evaluation.everyOrNull());
      turns.registerProcessingTimeTimer(VoidNamespace.INSTANCE, due);
    }
    int count = before.parts() + 1;
    if (count > MAX_PARTS) {
      parts.update(List.of(board().bytes()));
      count = 1;
    }
    turn.update(new Turn(due, now, count).bytes());
  }

  /** The current stretch's turn, or the time at which it asks for one. */
  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    String stretch = timer.getKey();
    Turn before = Turn.of(turn.value());
    if (before.due() != timer.getTimestamp()) {
      return;
    }
    if (!waiting.remove(stretch)) {
      long now = turns.currentProcessingTime();
      long reserved = rate.reserve(now);
      if (reserved > now) {
        waiting.add(stretch);
        turn.update(new Turn(reserved, before.changed(), before.parts()).bytes());
        turns.registerProcessingTimeTimer(VoidNamespace.INSTANCE, reserved);
        return;
      }
    }
    tell(stretch, before);
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("figures are told by the clock");
  }

  @Override
  public void endInput() throws Exception {
    for (String stretch : keys(TURN)) {
      setCurrentKey(stretch);
      Turn last = Turn.of(turn.value());
      if (last.isDue()) {
        tell(stretch, last);
      }
    }
  }

  private void tell(String stretch, Turn last) throws Exception {
    Board board = board();
    long now = turns.currentProcessingTime();
    for (Evaluation record : records.totals(Stretch.parse(stretch), board, now)) {
      output.collect(new StreamRecord<>(record));
    }
    if (last.parts() > 1) {
      parts.update(List.of(board.bytes()));
    }
    turn.update(new Turn(Turn.NONE, last.changed(), 1).bytes());
  }

  /** Whether there is room for the current stretch, which has no figures yet. */
  private boolean begins(ScoreDelta delta) throws IOException {
    if (Stretch.parse(delta.stretch()).isSlice()) {
      if (slices >= maxSlices) {
        Board left = Board.of(delta.board(), target, evaluation.fading());
        sliceOverflow.inc(left.of(Board.SERVED).instances());
        return false;
      }
      slices++;
      slice.update(new byte[] {1});
    } else if (expireAfterOrNull != null) {
      long at = turns.currentProcessingTime() + expireAfterOrNull.toMillis();
      expiry.registerProcessingTimeTimer(VoidNamespace.INSTANCE, at);
    }
    return true;
  }

  /** All of the current stretch. */
  private Board board() throws Exception {
    Board board = null;
    for (byte[] part : parts.get()) {
      Board next = Board.of(part, target, evaluation.fading());
      if (board == null) {
        board = next;
      } else {
        board.merge(next);
      }
    }
    return board;
  }

  private List<String> keys(String state) {
    try (Stream<String> keys =
        this.<String>getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE)) {
      return keys.toList();
    }
  }

  /** Labels of slice values for which there was no room, since the task's start. */
  long leftOut() {
    return sliceOverflow.getCount();
  }

  private static PrimitiveArrayTypeInfo<byte[]> bytes() {
    return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
  }

  /** The current key may have had no label for long. */
  private final class Expiry implements Triggerable<String, VoidNamespace> {

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
      Turn last = Turn.of(turn.value());
      if (last.parts() == 0 || expireAfterOrNull == null) {
        return;
      }
      long at = last.changed() + expireAfterOrNull.toMillis();
      if (at > timer.getTimestamp()) {
        expiry.registerProcessingTimeTimer(VoidNamespace.INSTANCE, at);
        return;
      }
      if (last.isDue()) {
        tell(timer.getKey(), last);
        turns.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, last.due());
        waiting.remove(timer.getKey());
      }
      parts.clear();
      turn.clear();
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
      throw new IllegalStateException("figures expire by the clock");
    }
  }
}

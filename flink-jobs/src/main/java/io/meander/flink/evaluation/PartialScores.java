/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.models.Board;
import io.meander.models.DriftSignal;
import io.meander.models.Scored;
import io.meander.models.Step;
import io.meander.models.Target;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Counts what its learning task scored: of everything and of slices it hands the counts on every
 * second, of a key some seconds after its first label since the last time; of all of them before
 * each barrier and at the end: so nothing is in it at a checkpoint, and it has no state. Chained to
 * the learning operator, it sees each step as an object.
 */
final class PartialScores extends AbstractStreamOperator<ScoreDelta>
    implements OneInputStreamOperator<Step, ScoreDelta>, BoundedOneInput {

  private static final long serialVersionUID = 1L;

  /** Counts of keys and slices; those of everything are the output itself. */
  static final OutputTag<ScoreDelta> PARTS = new OutputTag<>("parts", ScoreDelta.TYPE);

  static final Duration EVERY = Duration.ofSeconds(1);
  static final Duration OF_A_KEY_AFTER = Duration.ofSeconds(10);

  /** With more keys than this, all are handed on: some 5 KB each. */
  static final int MAX_KEYS = 10_000;

  private final Target target;
  private final double fading;
  private final List<List<String>> slices;
  private final boolean parts;

  private transient ScheduledFuture<?> ticks;
  private transient Board all;
  private transient Map<String, KeyPart> byKey;
  private transient List<Map<String, Board>> bySlice;

  /**
   * @param since when its first label came, on the task's clock
   */
  private record KeyPart(Board board, long since) {}

  PartialScores(PipelineSpec spec) {
    this.target = spec.target();
    this.fading = spec.evaluation().fading();
    this.parts = spec.evaluation().everyOrNull() != null;
    this.slices = parts ? spec.evaluation().slices() : List.of();
  }

  @Override
  public void open() throws Exception {
    super.open();
    all = board(Stretch.ALL);
    byKey = new LinkedHashMap<>();
    bySlice = new ArrayList<>();
    slices.forEach(slice -> bySlice.add(new LinkedHashMap<>()));
    long every = EVERY.toMillis();
    ticks = getProcessingTimeService().scheduleWithFixedDelay(this::tick, every, every);
  }

  @Override
  public void processElement(StreamRecord<Step> element) {
    Step step = element.getValue();
    for (Scored scored : step.allScored()) {
      all.add(scored);
      if (parts) {
        String key = scored.answer().key();
        ofKey(key).add(scored);
        String[] values = scored.answer().slices();
        for (int i = 0; i < bySlice.size() && i < values.length; i++) {
          ofSlice(i, values[i]).add(scored);
        }
      }
    }
    for (DriftSignal drift : step.drifts()) {
      if (drift.featureOrNull() == null) {
        all.add(drift);
        if (parts) {
          ofKey(drift.key()).add(drift);
        }
      }
    }
    if (byKey.size() > MAX_KEYS) {
      flushKeys(Long.MAX_VALUE);
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    flush(Long.MAX_VALUE);
  }

  @Override
  public void close() throws Exception {
    if (ticks != null) {
      ticks.cancel(false);
    }
    super.close();
  }

  @Override
  public void endInput() {
    flush(Long.MAX_VALUE);
  }

  private Board ofKey(String key) {
    KeyPart part = byKey.get(key);
    if (part == null) {
      part = new KeyPart(board(Stretch.ofKey(key)), now());
      byKey.put(key, part);
    }
    return part.board();
  }

  private Board ofSlice(int slice, String value) {
    return bySlice
        .get(slice)
        .computeIfAbsent(value, v -> board(Stretch.ofSlice(slices.get(slice), v)));
  }

  private Board board(Stretch stretch) {
    return new Board(target, stretch.precision(), fading);
  }

  private long now() {
    return getProcessingTimeService().getCurrentProcessingTime();
  }

  private void tick(long time) {
    flush(time - OF_A_KEY_AFTER.toMillis());
  }

  /**
   * @param since of keys, those with labels since then or before
   */
  private void flush(long since) {
    if (!all.all().isEmpty()) {
      output.collect(new StreamRecord<>(delta(Stretch.ALL, all)));
      all = board(Stretch.ALL);
    }
    for (int i = 0; i < bySlice.size(); i++) {
      List<String> fields = slices.get(i);
      bySlice.get(i).forEach((value, part) -> emit(Stretch.ofSlice(fields, value), part));
      bySlice.get(i).clear();
    }
    flushKeys(since);
  }

  private void flushKeys(long since) {
    Iterator<Map.Entry<String, KeyPart>> keys = byKey.entrySet().iterator();
    while (keys.hasNext()) {
      Map.Entry<String, KeyPart> key = keys.next();
      if (key.getValue().since() > since) {
        return; // those after it are younger
      }
      emit(Stretch.ofKey(key.getKey()), key.getValue().board());
      keys.remove();
    }
  }

  private void emit(Stretch stretch, Board part) {
    output.collect(PARTS, new StreamRecord<>(delta(stretch, part)));
  }

  private static ScoreDelta delta(Stretch stretch, Board board) {
    return new ScoreDelta(stretch.text(), board.bytes());
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.avro.ModelSnapshot;
import io.meander.avro.Reject;
import io.meander.avro.SnapshotCause;
import io.meander.flink.learning.SnapshotWriter;
import io.meander.models.Answer;
import io.meander.models.Board;
import io.meander.models.DriftSignal;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.Figure;
import io.meander.models.Figures;
import io.meander.models.Observation;
import io.meander.models.Scored;
import io.meander.models.SlotSpec;
import io.meander.models.Step;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Figures of one run, while it goes on and, as files, when it has ended. Takes results in any order
 * and counts them in the order of their numbers, so that equal runs give equal files. Every method
 * may be called from any thread.
 */
public final class RunReport implements AutoCloseable {

  private static final Figures.Precision OVERALL = Figures.Precision.OVERALL;
  private static final Figures.Precision PART = Figures.Precision.PART;

  private final PipelineSpec spec;
  private final Path folderOrNull;
  private final List<String> slots;
  private final long started = System.nanoTime();
  private final InOrder<Step> steps = new InOrder<>(this::inOrder);
  private final EndedWaits endedWaits;
  private final LabelCounts labelCounts = new LabelCounts();
  private final PairedBlocks paired;
  private final SliceComparisons pairedBySlice;
  private final Latencies latencies = new Latencies();
  private final DecayCurve decayOrNull;
  private final TwinCounts twinsOrNull;
  private final AnswerFiles answersOrNull;
  private final RejectFile rejectsOrNull;
  private final ModelFiles models;

  private final Board overall;
  private final Map<String, Board> byKey = new TreeMap<>();
  private final AnswerCounts answers = new AnswerCounts();
  private final Map<String, AnswerCounts> answersByKey = new HashMap<>();
  private final Map<FeatureWatchSpec, Long> featureDrifts = new LinkedHashMap<>();
  private final Map<List<String>, Board> bySlice = new TreeMap<>(RunReport::compare);
  private final Windows windows;
  private final Rejections rejections = new Rejections();
  private final List<DriftMark> marks = new ArrayList<>();

  private long records;
  private long scored;
  private long rejects;
  private long snapshots;
  private boolean finished;

  /** Set when the run has ended. */
  private Duration took;

  /** A drift, placed among the scored labels of all keys. */
  record DriftMark(String key, String slot, DriftSignal.Level level, long instance, long time) {}

  /**
   * @param folderOrNull where the files go, made if absent; null for figures only
   * @param allSlots whether every slot's answers are written too
   * @param decayOrNull ages to compare; the pipeline must keep their twins
   * @throws ReportException if the folder cannot be written
   */
  public RunReport(PipelineSpec spec, Path folderOrNull, boolean allSlots, DecayTest decayOrNull) {
    this(
        spec,
        folderOrNull,
        allSlots,
        decayOrNull,
        spec.label().topic().map(PipelineSpec.LabelTopic::topic).orElse(null));
  }

  /**
   * @param labelSourceOrNull name of the file that labels come from, if not the events'
   */
  public RunReport(
      PipelineSpec spec,
      Path folderOrNull,
      boolean allSlots,
      DecayTest decayOrNull,
      String labelSourceOrNull) {
    this.spec = spec;
    this.folderOrNull = folderOrNull;
    this.slots = spec.slots().stream().map(SlotSpec::id).toList();
    this.endedWaits = new EndedWaits(spec, this::count);
    spec.drift().features().forEach(feature -> featureDrifts.put(feature, 0L));
    this.paired = new PairedBlocks(spec.target());
    this.pairedBySlice = new SliceComparisons(spec.target());
    this.decayOrNull = decayOrNull == null ? null : new DecayCurve(decayOrNull, spec.target());
    this.twinsOrNull = spec.frozen().map(TwinCounts::new).orElse(null);
    this.overall = board(OVERALL);
    this.windows =
        new Windows(
            spec.evaluation().window(),
            overall,
            () ->
                board(
                    new Figures.Precision(
                        Math.min(spec.evaluation().window(), OVERALL.exactUpTo()),
                        OVERALL.binsPerOctave())));
    if (folderOrNull == null) {
      this.answersOrNull = null;
      this.rejectsOrNull = null;
    } else {
      try {
        Files.createDirectories(folderOrNull);
      } catch (IOException e) {
        throw new ReportException("cannot make " + folderOrNull, e);
      }
      this.answersOrNull = new AnswerFiles(folderOrNull, spec, allSlots);
      this.rejectsOrNull = new RejectFile(folderOrNull, spec, labelSourceOrNull);
    }
    this.models = new ModelFiles(folderOrNull);
  }

  /** A record's results; its number must be that of the run. */
  public synchronized void step(Step step) {
    if (finished) {
      return;
    }
    if (step.sequence() == Observation.UNNUMBERED && step.answer() == null) {
      endedWaits.add(step);
    } else if (steps.add(step.sequence(), step)) {
      records++;
    }
  }

  /** All waits that ended up to a time have been told. */
  public synchronized void watermark(long time) {
    if (!finished) {
      endedWaits.watermark(time);
    }
  }

  private void inOrder(Step step) {
    endedWaits.next(step);
  }

  /** A record that could not be used; one without a number takes no place in the order. */
  public synchronized void reject(Reject reject) {
    if (finished) {
      return;
    }
    if (reject.getSequence() == null || steps.add(reject.getSequence(), null)) {
      records++;
      rejects++;
      rejections.add(reject);
      if (rejectsOrNull != null) {
        rejectsOrNull.add(reject);
      }
    }
  }

  /** A published model; the last ones of a stream become files. */
  public synchronized void snapshot(ModelSnapshot snapshot) {
    if (finished || SnapshotWriter.isGone(snapshot)) {
      return;
    }
    snapshots++;
    if (snapshot.getCause() == SnapshotCause.END) {
      models.write(snapshot);
    }
  }

  /**
   * Figures of one predictor.
   *
   * @param figures each of the task's, NaN where undefined
   * @param slot whether it is one of the spec's slots
   */
  public record Line(
      String predictor,
      long instances,
      Map<Figure, Double> figures,
      long drifts,
      long warnings,
      boolean slot) {

    /** NaN where undefined, or not of the task. */
    public double figure(Figure figure) {
      return figures.getOrDefault(figure, Double.NaN);
    }
  }

  /**
   * Where the run is.
   *
   * @param records results so far, rejects included
   * @param models live learners: slots and frozen twins of all keys
   * @param drifts of all slots and keys, without warnings
   * @param called events that were called an anomaly; of other tasks it means nothing
   * @param lines the slots, what was served, the frozen twin, what was served on the twin's events,
   *     and the baselines
   */
  public record Progress(
      Task task,
      long records,
      long events,
      long scored,
      long rejects,
      int keys,
      long models,
      long drifts,
      long snapshots,
      long called,
      Duration elapsed,
      List<Line> lines) {

    /** The predictor's figures. */
    public Line line(String predictor) {
      return lines.stream().filter(l -> l.predictor().equals(predictor)).findFirst().orElseThrow();
    }
  }

  /**
   * Records rejected for one reason.
   *
   * @param firstPlace where the first of them was: topic or file, with its row from 1 or its
   *     partition and offset
   */
  public record Rejected(String reason, long count, String firstPlace, String firstDetail) {}

  /** Whether it writes files. */
  public boolean hasFiles() {
    return folderOrNull != null;
  }

  /** The most frequent reason first. */
  public synchronized List<Rejected> rejected() {
    return rejections.all();
  }

  public synchronized Progress progress() {
    List<Line> lines = new ArrayList<>();
    long drifts = 0;
    for (Map.Entry<String, Figures> entry : overall.all().entrySet()) {
      Figures f = entry.getValue();
      drifts += f.drifts();
      lines.add(
          new Line(
              entry.getKey(),
              f.instances(),
              f.figures(),
              f.drifts(),
              f.warnings(),
              slots.contains(entry.getKey())));
    }
    return new Progress(
        spec.target().task(),
        records,
        answers.answered(),
        scored,
        rejects,
        byKey.size(),
        countModels(),
        drifts,
        snapshots,
        answers.called(),
        elapsed(),
        lines);
  }

  /**
   * Counts what is left and writes the files; further calls do nothing.
   *
   * @throws ReportException if a file cannot be written
   */
  public synchronized void finish() {
    if (finished) {
      return;
    }
    finished = true;
    steps.flush();
    endedWaits.flush();
    took = elapsed();
    if (answersOrNull != null) {
      answersOrNull.finish();
      answersOrNull.close();
      rejectsOrNull.close();
      new ResultFiles(this, folderOrNull).write();
    }
  }

  /** Lets go of the files without results. */
  @Override
  public synchronized void close() {
    if (!finished && answersOrNull != null) {
      finished = true;
      answersOrNull.close();
      rejectsOrNull.close();
    }
  }

  private long countModels() {
    long models = 0;
    for (Board board : byKey.values()) {
      boolean twin = board.of(SlotSpec.FROZEN).instances() > 0;
      models += slots.size() + (twin ? 1 : 0);
    }
    return models;
  }

  private void count(Step step) {
    if (answersOrNull != null) {
      answersOrNull.add(step);
    }
    labelCounts.add(step);
    Answer answer = step.answer();
    if (answer != null) {
      if (twinsOrNull != null) {
        twinsOrNull.answered(answer);
      }
      answers.add(answer);
      answersByKey.computeIfAbsent(answer.key(), k -> new AnswerCounts()).add(answer);
      byKey.computeIfAbsent(answer.key(), k -> board(PART));
    }
    for (Scored label : step.allScored()) {
      score(label, byKey.computeIfAbsent(label.answer().key(), k -> board(PART)));
    }
    for (DriftSignal drift : step.drifts()) {
      if (drift.featureOrNull() != null) {
        featureDrifts.merge(drift.featureOrNull(), 1L, Long::sum);
        marks.add(new DriftMark(drift.key(), "", drift.level(), scored, drift.eventTime()));
        continue;
      }
      Board key = byKey.computeIfAbsent(drift.key(), k -> board(PART));
      overall.add(drift);
      key.add(drift);
      marks.add(new DriftMark(drift.key(), drift.slot(), drift.level(), scored, drift.eventTime()));
    }
  }

  private void score(Scored label, Board key) {
    scored++;
    overall.add(label);
    key.add(label);
    windows.add(label);
    paired.add(label);
    latencies.add(label);
    if (decayOrNull != null) {
      decayOrNull.add(label);
    }
    if (twinsOrNull != null) {
      twinsOrNull.scored(label.answer());
    }
    String[] values = label.answer().slices();
    for (int i = 0; i < values.length; i++) {
      String slice = String.join("|", spec.evaluation().slices().get(i));
      List<String> of = List.of(slice, values[i]);
      bySlice.computeIfAbsent(of, s -> board(PART)).add(label);
      pairedBySlice.add(of, label);
    }
  }

  private Board board(Figures.Precision precision) {
    return new Board(spec.target(), precision, spec.evaluation().fading()).listing(slots);
  }

  static int compare(List<String> a, List<String> b) {
    int first = a.get(0).compareTo(b.get(0));
    return first != 0 ? first : a.get(1).compareTo(b.get(1));
  }

  private Duration elapsed() {
    return took != null ? took : Duration.ofNanos(System.nanoTime() - started);
  }

  PipelineSpec spec() {
    return spec;
  }

  Board overall() {
    return overall;
  }

  Map<String, Board> byKey() {
    return byKey;
  }

  /** What was answered of a key. */
  AnswerCounts answers(String key) {
    return answersByKey.getOrDefault(key, new AnswerCounts());
  }

  /** Drifts of all keys, by what is watched, in the spec's order. */
  Map<FeatureWatchSpec, Long> featureDrifts() {
    return featureDrifts;
  }

  /** By the slice's fields and their values. */
  Map<List<String>, Board> bySlice() {
    return bySlice;
  }

  List<Windows.Window> windows() {
    return windows.all();
  }

  List<DriftMark> marks() {
    return marks;
  }

  /** What was served against everything else, a sentence each; none where there were few labels. */
  public synchronized List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    for (PairedBlocks.Comparison comparison : comparisons()) {
      if (!Double.isNaN(comparison.lead().low())) {
        sentences.add(comparison.sentence());
      }
    }
    return sentences;
  }

  /**
   * A slot beside the best one of a grid.
   *
   * @param micros that it takes for an instance; NaN if not measured
   */
  public synchronized GridFile.Line gridLine(SlotSpec slot, String best, double micros) {
    Figures figures = overall.of(slot.id());
    Figure lead = spec.target().task().lead();
    PairedBlocks.Difference behind =
        slot.id().equals(best)
            ? new PairedBlocks.Difference(0, 0, 0)
            : paired.compare(best, slot.id()).gain(lead);
    List<Long> sizes = models.sizes(slot.id());
    return new GridFile.Line(
        slot,
        figures.figures(),
        behind.value(),
        behind.low(),
        behind.high(),
        micros,
        sizes.isEmpty() ? null : sizes.get(sizes.size() / 2),
        sizes.isEmpty() ? null : sizes.get(sizes.size() - 1));
  }

  /** Who is better than whom, on the same events. */
  List<PairedBlocks.Comparison> comparisons() {
    return paired.all(slots);
  }

  SliceComparisons sliceComparisons() {
    return pairedBySlice;
  }

  /** Ids of the spec's slots. */
  List<String> slots() {
    return slots;
  }

  Latencies latencies() {
    return latencies;
  }

  /** The decay curve, if ages were to be compared. */
  Optional<DecayCurve> decay() {
    return Optional.ofNullable(decayOrNull);
  }

  /** Who has a frozen twin, if the spec declares one. */
  Optional<TwinCounts> twins() {
    return Optional.ofNullable(twinsOrNull);
  }

  /** The decay curve as text; empty if no ages were compared. */
  public synchronized List<DecayLine> decayLines() {
    return decayOrNull == null ? List.of() : DecayLine.of(decayOrNull);
  }

  LabelCounts labelCounts() {
    return labelCounts;
  }

  ModelFiles models() {
    return models;
  }
}

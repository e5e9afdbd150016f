/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.FactWriter;
import io.meander.models.LearnerCodec;
import io.meander.spec.PipelineSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What all state of a learning operator rests on: written into every checkpoint and savepoint, so
 * that a job that starts from one knows before it touches anything whether it can go on. As bytes,
 * in {@code DataOutput}'s encoding, texts as a length int and UTF-8:
 *
 * <pre>
 * format version byte ({@value #FORMAT})
 * written by a run over files boolean
 * key: number of fields int, texts
 * event id text ("" for none), event time boolean (whether a field gives it), labels text
 * task text, classes: number int, texts
 * learning version int, MOA version text
 * </pre>
 *
 * @param fromFiles whether a run over files wrote it, which has no control gate
 * @param key the fields that state is kept by
 * @param id field of the event's id; empty for none
 * @param timed whether a field gives the event time
 * @param labels where labels come from
 * @param classes in order; none of a regression
 * @param learningVersion of the update logs
 * @param moaVersion of the images
 */
record StateTerms(
    boolean fromFiles,
    List<String> key,
    String id,
    boolean timed,
    String labels,
    String task,
    List<String> classes,
    int learningVersion,
    String moaVersion) {

  private static final int FORMAT = 1;
  private static final int MAX_PARTS = 1 << 20;

  StateTerms {
    key = List.copyOf(key);
    classes = List.copyOf(classes);
  }

  /**
   * Those of a job that starts from nothing.
   *
   * @param key the fields that the operator's state is kept by
   */
  static StateTerms of(PipelineSpec spec, List<String> key, boolean fromFiles) {
    return new StateTerms(
        fromFiles,
        key,
        spec.events().id().orElse(""),
        spec.events().time().isPresent(),
        labels(spec),
        spec.target().task().text(),
        spec.target().classes(),
        FactWriter.LEARNING_VERSION,
        LearnerCodec.MOA_VERSION);
  }

  private static String labels(PipelineSpec spec) {
    return spec.label()
        .topic()
        .map(topic -> topic.resolveById() ? "by id from a topic" : "from a topic")
        .orElse("inside the events");
  }

  /**
   * Why a job under these terms cannot go on from what was stored under others; none if it can.
   *
   * @param logs whether any key has an update log
   */
  List<String> refusals(StateTerms stored, boolean logs) {
    List<String> reasons = new ArrayList<>();
    differ("events.key", stored.key, key, "state is kept by key", reasons);
    differ("events.id", stored.id, id, "waiting predictions are known by it", reasons);
    differ(
        "events.time",
        stored.timed ? "a field" : "the records' own time",
        timed ? "a field" : "the records' own time",
        "waits go by it",
        reasons);
    differ("label", stored.labels, labels, "labels would not meet their predictions", reasons);
    differ("the task", stored.task, task, "its models predict something else", reasons);
    if (stored.task.equals(task) && !isBeginning(stored.classes, classes)) {
      differ(
          "label.classes",
          stored.classes,
          classes,
          "models know them by number, so that they can only be added to, at the end",
          reasons);
    }
    if (stored.learningVersion != learningVersion && logs) {
      reasons.add(
          "it has update logs of learning version "
              + stored.learningVersion
              + ", and this release learns by version "
              + learningVersion
              + ": start the release that wrote it once more, run 'meander control seal', and stop"
              + " it with a savepoint");
    }
    differ("MOA", stored.moaVersion, moaVersion, "models are stored as its objects", reasons);
    return reasons;
  }

  private static boolean isBeginning(List<String> first, List<String> all) {
    return first.size() <= all.size() && first.equals(all.subList(0, first.size()));
  }

  private static void differ(
      String what, Object stored, Object present, String why, List<String> reasons) {
    if (!Objects.equals(stored, present)) {
      reasons.add(what + " was " + quoted(stored) + " and is " + quoted(present) + " now: " + why);
    }
  }

  private static String quoted(Object value) {
    return value instanceof String text && !text.contains(" ") ? "'" + text + "'" : "" + value;
  }

  byte[] write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeBoolean(fromFiles);
      write(key, out);
      write(id, out);
      out.writeBoolean(timed);
      write(labels, out);
      write(task, out);
      write(classes, out);
      out.writeInt(learningVersion);
      write(moaVersion, out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IOException if the bytes are broken, or of a format that this release does not read
   */
  static StateTerms read(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "the terms of the state are of format " + format + ", this release reads " + FORMAT);
    }
    return new StateTerms(
        in.readBoolean(),
        texts(in),
        text(in),
        in.readBoolean(),
        text(in),
        text(in),
        texts(in),
        in.readInt(),
        text(in));
  }

  private static void write(List<String> texts, DataOutputStream out) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      write(text, out);
    }
  }

  private static void write(String text, DataOutputStream out) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int count = count(in); count > 0; count--) {
      texts.add(text(in));
    }
    return texts;
  }

  private static String text(DataInputStream in) throws IOException {
    byte[] utf8 = new byte[count(in)];
    in.readFully(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MAX_PARTS) {
      throw new IOException("a count of " + count);
    }
    return count;
  }
}

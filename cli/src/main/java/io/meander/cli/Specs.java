/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.EventFile;
import io.meander.spec.FileSchema;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecError;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads the specs that commands are given. */
final class Specs {

  private Specs() {}

  /**
   * A spec whose schema, if it names none, is the file's. The file has rows, and its columns fit
   * the schema.
   */
  static PipelineSpec forFile(Path spec, Path events) throws SpecException, IOException {
    PipelineSpec loaded;
    try (EventFile file = EventFile.open(events)) {
      loaded = SpecLoader.load(spec, file.schema(), file.kind());
    }
    requireRows(loaded, events);
    return loaded;
  }

  /** As {@link #forFile(Path, Path)}, with a file of labels beside the events. */
  static PipelineSpec forFiles(Path spec, Path events, Path labels)
      throws SpecException, IOException {
    PipelineSpec loaded;
    try (EventFile file = EventFile.open(events);
        EventFile labelFile = EventFile.open(labels)) {
      loaded =
          SpecLoader.load(
              spec, FileSchema.of(file.schema(), file.kind()).withLabels(labelFile.schema()));
    }
    requireRows(loaded, events);
    requireLabels(loaded, labels, spec);
    PipelineSpec.LabelTopic topic = loaded.label().topic().orElseThrow();
    try (EventFile file = EventFile.open(labels, topic.schema())) {
      if (!file.rows().hasNext()) {
        throw new CommandFailure(labels + " has no rows.");
      }
    }
    return loaded;
  }

  /**
   * Checks that a file of labels is there if and only if the spec has its labels on a topic of
   * their own, and that the two files can be put in one order.
   *
   * @throws CommandFailure if not
   */
  static void requireLabels(PipelineSpec spec, Path labelsOrNull, Path specFile) {
    if (labelsOrNull == null) {
      return;
    }
    if (spec.label().topic().isEmpty()) {
      throw new CommandFailure(
          "--labels is for labels on a topic of their own: set label.topic in "
              + specFile
              + ", or leave --labels out.");
    }
    if (spec.label().topic().get().timeOrNull() == null || spec.events().timeOrNull() == null) {
      throw new CommandFailure(
          "Events and labels are put in the order of their times: name the fields in events.time"
              + " and label.time of "
              + specFile
              + ".");
    }
  }

  /**
   * The spec of a run over files.
   *
   * @param labelsOrNull required if the spec has its labels on a topic of their own
   */
  static PipelineSpec forRun(Path spec, Path events, Path labelsOrNull)
      throws SpecException, IOException {
    if (labelsOrNull != null) {
      return forFiles(spec, events, labelsOrNull);
    }
    PipelineSpec loaded = forFile(spec, events);
    if (loaded.label().topic().isPresent()) {
      throw new CommandFailure(
          spec + " has its labels on a topic of their own: give their file with --labels.");
    }
    return loaded;
  }

  /** Those of one job; of several, an error says which it is in. */
  static List<PipelineSpec> ofJob(List<Path> files) throws SpecException {
    List<PipelineSpec> specs = new ArrayList<>();
    for (Path file : files) {
      try {
        specs.add(SpecLoader.load(file));
      } catch (SpecException e) {
        throw files.size() == 1 ? e : e.of(file.toString());
      }
    }
    return specs;
  }

  /** Tells what a running job cannot do as the spec says. */
  static void warnLive(PipelineSpec spec, PrintWriter out) {
    for (SpecError warning : spec.liveWarnings()) {
      out.println("warning: " + warning.path() + ": " + warning.message());
    }
  }

  /**
   * Checks that a file can be read as the spec's events and has some.
   *
   * @throws CommandFailure if it has no rows
   * @throws IOException if it cannot be read
   */
  static void requireRows(PipelineSpec spec, Path events) throws IOException {
    try (EventFile file = EventFile.open(events, spec.events().schema())) {
      if (!file.rows().hasNext()) {
        throw new CommandFailure(events + " has no rows.");
      }
    }
  }
}

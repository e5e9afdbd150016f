/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.spec.FileKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaFormatter;

/**
 * All that was inferred of a data file, from which a spec is written. Immutable.
 *
 * @param leaks fields that give the label away or are known only with it, each with the reason;
 *     none of them is a feature
 * @param remarks what else the user should know, whole sentences
 */
public record SpecDraft(
    FileSample file,
    LabelChoice label,
    TimeChoice time,
    Candidates key,
    Candidates id,
    FeatureChoice features,
    Map<String, String> leaks,
    List<String> remarks) {

  /**
   * What the user asked for; null, or an empty list, where it is left to us.
   *
   * @param above what a number has to exceed for the label's second class
   * @param key fields of the model key
   * @param noKey whether one model set learns from the whole stream
   */
  public record Wishes(String label, Double above, List<String> key, boolean noKey) {}

  /**
   * Infers all parts of a spec.
   *
   * @throws InitException if no spec can be made of the file as asked
   */
  public static SpecDraft of(FileSample file, Wishes wishes) throws InitException {
    if (file.rows() == 0) {
      throw new InitException(file.path() + " has no readable rows");
    }
    LabelChoice label =
        wishes.label() == null
            ? LabelSearch.infer(file, wishes.above())
            : LabelChoice.of(
                KeyChoice.find(wishes.label(), file, "--label"), wishes.above(), "as --label says");
    Candidates wished =
        wishes.noKey()
            ? new Candidates(List.of(), "none, as --key says", List.of())
            : KeyChoice.wished(wishes.key(), file, label);
    TimeChoice time = TimeChoice.of(file, label);
    FieldSample timeField = time.fieldOrNull();
    List<FieldSample> free = new ArrayList<>(file.fields());
    free.removeIf(f -> f == label.field() || f == timeField || wished.has(f));
    Map<FieldSample, String> leaks = new LeakSearch(file, label, timeField).suspects(free);
    free.removeAll(leaks.keySet());
    KeyChoice choice = new KeyChoice(free);
    boolean asked = wishes.noKey() || !wishes.key().isEmpty();
    Candidates key = asked ? wished : choice.key();
    Candidates id = choice.id(key);
    FeatureChoice.Builder features = new FeatureChoice.Builder(file);
    for (FieldSample field : file.fields()) {
      if (field == timeField) {
        features.addEventTime(field);
      } else if (key.has(field) ? file.kind() == FileKind.ARFF : free.contains(field)) {
        if (!id.has(field)) {
          features.add(field);
        }
      }
    }
    FeatureChoice chosen = features.build();
    if (chosen.lines().isEmpty()) {
      throw new InitException(
          "no field of %s is left to learn from%s"
              .formatted(file.path(), leaks.isEmpty() ? "" : ": the others give the label away"));
    }
    Map<String, String> leakNames = new LinkedHashMap<>();
    leaks.forEach((field, reason) -> leakNames.put(field.name(), reason));
    return new SpecDraft(file, label, time, key, id, chosen, leakNames, remarks(file, time));
  }

  private static List<String> remarks(FileSample file, TimeChoice time) {
    List<String> remarks = new ArrayList<>();
    if (file.unreadable() > 0) {
      remarks.add(
          Candidates.count(file.unreadable())
              + " of the sampled rows could not be read and will be rejected.");
    }
    FieldSample field = time.fieldOrNull();
    if (field != null && field.formatOrNull() != null && field.formatOrNull().startsWith("d/M")) {
      remarks.add(
          "'"
              + field.name()
              + "' is read as day/month/year; if the month comes first, change"
              + " events.time.format.");
    }
    return remarks;
  }

  /** Name of the pipeline: the file's, without its endings. */
  public static String nameOf(Path file) {
    String stem =
        file.getFileName()
            .toString()
            .replaceFirst("(?i)\\.gz$", "")
            .replaceFirst("(?i)\\.(csv|arff|avro)$", "")
            .replaceAll("[^A-Za-z0-9._-]+", "-")
            .replaceAll("^[-.]+|[-.]+$", "");
    String name = stem.isEmpty() ? "events" : stem;
    return name.substring(0, Math.min(name.length(), 200));
  }

  /** The Avro schema of the events, to lie beside the spec. */
  public String schema() {
    return SchemaFormatter.format("json/pretty", file.schema()) + "\n";
  }

  /** What was chosen, one line each. */
  public List<String> summary() {
    List<String> lines = new ArrayList<>();
    lines.add("label     %s%s: %s".formatted(label.field().name(), kind(), label.reason()));
    lines.add(line("key", key));
    lines.add(line("id", id));
    lines.add(line("time", time.candidates()));
    lines.add("features  " + features.lines().size());
    if (!features.leftOut().isEmpty()) {
      lines.add("left out  " + String.join(", ", features.leftOut().keySet()));
    }
    return lines;
  }

  private String kind() {
    if (label.isNumber()) {
      return ", the number itself";
    }
    return label.aboveOrNull() == null ? "" : " above " + Numbers.text(label.aboveOrNull());
  }

  private static String line(String what, Candidates chosen) {
    return "%-9s %s: %s%s"
        .formatted(
            what,
            chosen.isNone() ? "none" : String.join(", ", chosen.names()),
            chosen.reason(),
            chosen.others().isEmpty() ? "" : "; others: " + chosen.otherText());
  }

  /** Reads the sample and infers. */
  public static SpecDraft of(Path file, int rows, Wishes wishes) throws IOException, InitException {
    return of(FileSample.read(file, rows), wishes);
  }
}

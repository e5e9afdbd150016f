/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.init.FeatureLeaks;
import io.meander.cli.init.FileSample;
import io.meander.cli.init.InitException;
import io.meander.cli.init.SpecDraft;
import io.meander.cli.init.SpecText;
import io.meander.spec.FileSchema;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a first spec for a data file, checked before it is written. */
@Command(
    name = "init",
    description = "Write a commented spec, and an Avro schema beside it, for a data file.",
    sortOptions = false)
final class InitCommand implements Callable<Integer> {

  private static final String NO_KEY = "none";

  @Parameters(paramLabel = "FILE", description = "The rows: .csv, .arff or .avro, also .gz.")
  private Path file;

  @Option(
      names = "--label",
      paramLabel = "FIELD",
      description = "The field to predict (default: by its name, else the last one).")
  private String label;

  @Option(
      names = "--above",
      paramLabel = "NUMBER",
      description =
          "Predict whether a number is above this (default: a number of many values is predicted as it"
              + " is, a regression).")
  private Double above;

  @Option(
      names = "--key",
      split = ",",
      paramLabel = "FIELD",
      description = "Keep one model set per value of these fields; none for one of all rows.")
  private List<String> key = List.of();

  @Option(
      names = "--out",
      paramLabel = "SPEC",
      description =
          "The spec's file; the schema lies beside it, as .avsc (default: FILE's name with .yaml, in"
              + " this directory).")
  private Path out;

  @Option(names = "--force", description = "Replace files that are there.")
  private boolean force;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Rows to look at, from the file's first on (default: ${DEFAULT-VALUE}).")
  private int rows = FeatureLeaks.ROWS;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException, SpecException {
    Usage.atLeast(1, rows, "--rows", command);
    Path spec = out == null ? Path.of(SpecDraft.nameOf(file) + ".yaml") : out;
    Path schema = spec.resolveSibling(stem(spec) + ".avsc");
    refuseToReplace(spec);
    refuseToReplace(schema);
    SpecDraft draft = draft();
    String yaml = SpecText.of(draft, spec.toString(), schema.getFileName().toString());
    SpecLoader.parse(
        yaml, path -> draft.schema(), FileSchema.of(draft.file().schema(), draft.file().kind()));
    write(spec, yaml);
    write(schema, draft.schema());
    tell(draft, spec, schema);
    return 0;
  }

  private SpecDraft draft() throws IOException {
    boolean noKey = key.equals(List.of(NO_KEY));
    try {
      return SpecDraft.of(
          FileSample.read(file, rows),
          new SpecDraft.Wishes(label, above, noKey ? List.of() : key, noKey));
    } catch (InitException e) {
      throw new CommandFailure(e.getMessage(), e);
    }
  }

  private void refuseToReplace(Path path) {
    if (!force && Files.exists(path)) {
      throw new CommandFailure(
          path + " is there already. Give another --out, or --force to replace it.");
    }
  }

  private static void write(Path path, String text) {
    try {
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new CommandFailure(
          "%s cannot be written (%s). Give another --out.".formatted(path, Failures.describe(e)),
          e);
    }
  }

  private void tell(SpecDraft draft, Path spec, Path schema) {
    PrintWriter err = command.commandLine().getErr();
    draft
        .leaks()
        .forEach(
            (field, reason) ->
                err.println("suspected leak: " + field + ": " + reason + "; not a feature"));
    draft.remarks().forEach(remark -> err.println("note: " + remark));
    PrintWriter stdout = command.commandLine().getOut();
    draft.summary().forEach(stdout::println);
    stdout.println();
    stdout.println("Wrote " + spec + " and " + schema + ". Next:");
    stdout.println("  ./meander validate " + spec);
    stdout.println("  ./meander backtest " + spec + " --events " + file + " --out results");
  }

  private static String stem(Path spec) {
    String name = spec.getFileName().toString();
    return name.toLowerCase(Locale.ROOT).replaceFirst("\\.ya?ml$", "").length() < name.length()
        ? name.substring(0, name.lastIndexOf('.'))
        : name;
  }
}

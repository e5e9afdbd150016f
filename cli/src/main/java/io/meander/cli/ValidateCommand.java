/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.init.FeatureLeaks;
import io.meander.cli.init.FeatureRanges;
import io.meander.spec.FeatureRange;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecError;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks a spec whole and prints what it would run. */
@Command(
    name = "validate",
    description = "Check a spec and print what will run.",
    sortOptions = false)
final class ValidateCommand implements Callable<Integer> {

  @Mixin private SpecFile specFile;

  @Option(
      names = "--events",
      paramLabel = "FILE",
      description =
          "A file the spec is to run over: .csv, .arff or .avro, also .gz. Its first rows are searched"
              + " for features that give the label away; a spec without events.schema needs it.")
  private Path events;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws SpecException, IOException {
    PipelineSpec spec =
        events == null ? SpecLoader.load(specFile.path()) : Specs.forFile(specFile.path(), events);
    PrintWriter out = command.commandLine().getOut();
    SpecOutline.print(spec, out);
    out.println();
    Map<String, FeatureRange> seen = events == null ? Map.of() : FeatureRanges.of(events, spec);
    for (SpecError warning : spec.warnings(seen)) {
      out.println("warning: " + warning.path() + ": " + warning.message());
    }
    Specs.warnLive(spec, out);
    if (events != null) {
      FeatureLeaks.warnings(events, spec).forEach(leak -> out.println("warning: " + leak));
    }
    out.println(specFile.path() + " is valid.");
    return 0;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.avro.ModelSnapshot;
import io.meander.cli.report.ModelFiles;
import io.meander.features.NearestName;
import io.meander.flink.learning.SnapshotWriter;
import io.meander.models.ModelContext;
import io.meander.serving.FollowException;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code backtest --from-updates}: models as they were, out of the update log. */
final class FromUpdates {

  private static final String TOPIC = "";

  @Option(
      names = "--from-updates",
      arity = "0..1",
      fallbackValue = TOPIC,
      paramLabel = "FILE",
      description =
          "Instead of a run over events: models as they were, made anew of the update log that"
              + " snapshots.deltas sends. FILE is of 'snapshots updates'; without it the topic at"
              + " --bootstrap-servers is read.")
  private String from;

  @Option(
      names = "--at",
      split = ",",
      paramLabel = "POINT",
      description =
          "Of --from-updates: a position in the log (facts of the key) or a time (what had been"
              + " sent until then), of all keys or as KEY=POINT; only named keys are written then,"
              + " unless there is a point without a key (default: the end).")
  private List<String> at = new ArrayList<>();

  @Option(
      names = "--verify",
      description =
          "Of --from-updates: compare every image with what the log before it makes. Exit code 1 if"
              + " one differs.")
  private boolean verify;

  @Mixin private KafkaAddress kafka;

  boolean isAsked() {
    return from != null;
  }

  /** Whether options were given that make sense with it alone. */
  boolean isMeant() {
    return !at.isEmpty() || verify;
  }

  /**
   * Writes {@code OUT/models} and prints what is there.
   *
   * @return the exit code
   */
  int run(Path specFile, Path out, CommandSpec command)
      throws SpecException, IOException, FollowException {
    LogPoint.Points points = LogPoint.of(at, command);
    PipelineSpec spec = SpecLoader.load(specFile);
    Directories.writable(out, "--out");
    RunLog.open(out);
    ModelContext context = spec.modelContext();
    PrintWriter err = command.commandLine().getErr();
    RecreatedModels models =
        new RecreatedModels(
            spec.name(), context, points, verify, problem -> err.println("warning: " + problem));
    if (from.equals(TOPIC)) {
      UpdateSource.read(spec, kafka, models::take);
    } else {
      UpdateSource.read(Path.of(from), models::take);
    }
    requireNamed(points, models);
    List<RecreatedModels.Recreated> made = models.all();
    write(new SnapshotWriter(spec, context), made, out, command.commandLine().getOut());
    if (verify) {
      err.printf(
          "%,d images compared with the log before them, %,d differ%n",
          models.verified(), models.different());
    }
    return models.notMade() == 0 && models.different() == 0 ? 0 : 1;
  }

  private static void requireNamed(LogPoint.Points points, RecreatedModels models) {
    List<String> names = new ArrayList<>();
    models.names().forEach(names::add);
    for (String name : points.named()) {
      if (!names.contains(name)) {
        throw new CommandFailure(
            "--at: there are no updates of key '%s'%s."
                .formatted(name, NearestName.suggestion(name, names)));
      }
    }
  }

  private static void write(
      SnapshotWriter writer, List<RecreatedModels.Recreated> made, Path out, PrintWriter print) {
    ModelFiles files = new ModelFiles(out);
    TextTable table =
        new TextTable(
            "key", "position", "slot", "incarnation", "trained", "version", "bytes", "sent at");
    for (RecreatedModels.Recreated recreated : made) {
      for (ModelSnapshot s : writer.last(recreated.set(), recreated.featureStateOrNull())) {
        files.write(s);
        table.add(
            s.getKey(),
            "%,d".formatted(s.getPosition()),
            s.getSlot() + (s.getSlot().equals(s.getChampion()) ? "*" : ""),
            Long.toString(s.getIncarnation()),
            "%,d".formatted(s.getTrainedInstances()),
            Long.toString(s.getParentVersion()),
            "%,d".formatted(s.getPayloadBytes()),
            recreated.sentAtOrNull() == null ? "" : recreated.sentAtOrNull().toString());
      }
    }
    table.print(print);
    print.println("* serves its key. Models: " + out.resolve("models"));
  }
}

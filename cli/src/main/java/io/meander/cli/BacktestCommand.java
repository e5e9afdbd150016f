/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.Arrivals;
import io.meander.cli.files.FileEvents;
import io.meander.cli.init.FeatureLeaks;
import io.meander.cli.local.EmbeddedException;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.cli.local.RunningJob.JobFailedException;
import io.meander.cli.report.DecayTest;
import io.meander.cli.report.ReportSink;
import io.meander.cli.report.RunReport;
import io.meander.cli.report.RunReport.Progress;
import io.meander.features.FieldPathException;
import io.meander.flink.LearningPipeline;
import io.meander.flink.RawRecord;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Figure;
import io.meander.models.FrozenTwin;
import io.meander.serving.FollowException;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a pipeline over a file, with the operators of the job and without Kafka. */
@Command(
    name = "backtest",
    description = "Run a spec over a file and report what its learners would have earned.",
    sortOptions = false)
final class BacktestCommand implements Callable<Integer> {

  private static final Duration SAVEPOINT_TIMEOUT = Duration.ofMinutes(10);

  @Mixin private SpecFile specFile;

  @Option(
      names = "--events",
      paramLabel = "FILE",
      description = "The rows: .csv, .arff or .avro, also .gz.")
  private Path events;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Labels, where the spec has them on a topic of their own.")
  private Path labels;

  @Option(
      names = "--arrived",
      paramLabel = "FIELD",
      description =
          "With --labels: take the rows in the order of this field, which both files have and which"
              + " says when each row arrived, not in that of events.time and label.time.")
  private String arrived;

  @Option(
      names = "--resolve-pending",
      description =
          "Score the predictions whose labels (known-at) came after the last event; nothing is"
              + " learned from them.")
  private boolean resolvePending;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the results go; made if missing.")
  private Path out;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Learning tasks; the figures do not depend on it (default: ${DEFAULT-VALUE}).")
  private int parallelism = Runtime.getRuntime().availableProcessors();

  @Option(names = "--limit", paramLabel = "N", description = "Read only the first N rows.")
  private long limit = Long.MAX_VALUE;

  @Mixin private DecayAges decay = new DecayAges();

  @Mixin private Grid grid = new Grid();

  @Option(names = "--all-slots", description = "Also write every slot's answers, to slots.csv.")
  private boolean allSlots;

  @Option(
      names = "--savepoint",
      paramLabel = "DIR",
      description =
          "Leave what was learned in a savepoint under DIR, from which a live job goes on. The last"
              + " models are there, not in files.")
  private Path savepoint;

  @Mixin private FromUpdates fromUpdates = new FromUpdates();

  @Option(names = "--web-ui", description = "Show Flink's web UI meanwhile.")
  private boolean webUi;

  @Spec private CommandSpec command;

  @Override
  public Integer call()
      throws SpecException,
          IOException,
          JobFailedException,
          EmbeddedException,
          FollowException,
          InterruptedException {
    if (fromUpdates.isAsked()) {
      if (events != null || labels != null || savepoint != null) {
        throw Usage.wrong(
            command,
            "--from-updates reads no events: leave out --events, --labels and --savepoint");
      }
      return fromUpdates.run(specFile.path(), out, command);
    }
    if (fromUpdates.isMeant()) {
      throw Usage.wrong(command, "--at and --verify are of --from-updates");
    }
    if (events == null) {
      throw Usage.wrong(command, "Missing required option: '--events=FILE'");
    }
    if (arrived != null && labels == null) {
      throw Usage.wrong(
          command,
          "--arrived puts events and --labels into one order; a file of events alone has its own");
    }
    Usage.parallelism(parallelism, command);
    Usage.atLeast(1, limit, "--limit", command);
    if (savepoint != null && (grid.isAsked() || decay.isAsked())) {
      throw Usage.wrong(
          command,
          "--savepoint leaves the state of the spec as it is; leave out --grid and --decay, which"
              + " add to it");
    }
    PipelineSpec loaded = Specs.forRun(specFile.path(), events, labels);
    requireArrived(loaded);
    Figure rank = grid.rank(loaded.target().task(), command);
    Grid.Variants variantsOrNull = grid.isAsked() ? grid.variants(loaded, command) : null;
    PipelineSpec declared = variantsOrNull == null ? loaded : variantsOrNull.spec();
    DecayTest ages = decay.test(declared, events, limit, command);
    PipelineSpec spec = ages == null ? declared : withTwins(declared, ages);
    Directories.writable(out, "--out");
    if (savepoint != null) {
      Directories.writable(savepoint, "--savepoint");
    }
    Path log = RunLog.open(out);
    var err = command.commandLine().getErr();
    FeatureLeaks.warnings(events, loaded).forEach(leak -> err.println("warning: " + leak));
    try (Closing closing = new Closing(() -> err.println("\nStopping ..."))) {
      Directories.Temporary temporary = closing.add(new Directories.Temporary());
      int port = webUi ? EmbeddedFlink.Options.ANY_FROM_DEFAULT : 0;
      EmbeddedFlink flink =
          closing.add(
              EmbeddedFlink.start(
                  new EmbeddedFlink.Options(temporary.path(), parallelism, port, log)));
      err.println("Log: " + log);
      if (webUi) {
        err.println("Flink's web UI: " + flink.webUi());
      }
      RunReport report =
          closing.add(
              new RunReport(
                  spec,
                  out,
                  allSlots,
                  ages,
                  labels == null ? null : labels.getFileName().toString()));
      Throughput throughput = new Throughput();
      RowCount rows = closing.add(new RowCount(events, limit));
      RecordCount allOrNull =
          savepoint == null
              ? null
              : closing.add(new RecordCount(spec, events, labels, limit, resolvePending, arrived));
      RunningJob job = flink.submit(job(flink.newEnvironment(), spec, report));
      try (ProgressLine line = ProgressLine.on(err)) {
        while (!job.await(ProgressLine.TICK)
            && (allOrNull == null || !allOrNull.isReached(report.progress().records()))) {
          line.update(() -> Results.line(report.progress(), throughput, rows.rows()));
        }
        Progress end = report.progress();
        line.end(Results.line(end, throughput, end.events() + end.rejects()));
      }
      Duration took = throughput.elapsed();
      String left =
          savepoint == null
              ? null
              : job.stopWithSavepoint(absolute(savepoint), false, SAVEPOINT_TIMEOUT);
      report.finish();
      Results.print(spec, report, took, command.commandLine().getOut());
      if (variantsOrNull != null) {
        err.println("Measuring what each learner takes ...");
        GridResults ranked = new GridResults(variantsOrNull, report, rank, events);
        ranked.print(command.commandLine().getOut());
        ranked.write(specFile.path(), out);
      }
      command.commandLine().getOut().println("Results: " + out);
      if (left != null) {
        command.commandLine().getOut().println(goOn(left));
      }
    }
    return 0;
  }

  /** Refuses a field that does not say when events and labels arrived. */
  private void requireArrived(PipelineSpec spec) {
    try {
      if (arrived != null) {
        Arrivals.requireField(arrived, spec);
      }
    } catch (FieldPathException | IllegalArgumentException e) {
      throw Usage.wrong(command, "--arrived: " + e.getMessage());
    }
  }

  private static Path absolute(Path directory) {
    return directory.toAbsolutePath().normalize();
  }

  /** How a live job goes on from a savepoint: the file is no source of its. */
  private static String goOn(String savepoint) {
    return """
        Savepoint: %s
        A live job goes on from it (-n: the file is no source of it), reading from where the file ended:
          flink run -d -s %s -n flink-jobs.jar --spec SPEC --from TIME"""
        .formatted(savepoint, savepoint);
  }

  private static PipelineSpec withTwins(PipelineSpec spec, DecayTest ages) {
    List<FrozenTwin> twins = new ArrayList<>(spec.twins());
    twins.addAll(ages.twins());
    return spec.withTwins(twins);
  }

  private JobGraph job(StreamExecutionEnvironment env, PipelineSpec spec, RunReport report) {
    JobSettings.failAtOnce(env);
    FileEvents file = new FileEvents(events, labels, spec, limit, resolvePending, arrived);
    DataStream<RawRecord> rows =
        env.fromSource(
                savepoint == null ? file : file.stayingOpen(),
                WatermarkStrategy.noWatermarks(),
                "file",
                WireTypes.RAW_RECORD)
            .setParallelism(1)
            .uid("file");
    ReportSink.attach(
        LearningPipeline.build(rows, null, null, spec, LearningPipeline.Options.BOUNDED), report);
    return JobSettings.graph(env, spec.name());
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.local.EmbeddedBroker;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.cli.local.RunningJob.JobFailedException;
import io.meander.cli.report.ReportSink;
import io.meander.cli.report.RunReport;
import io.meander.cli.report.RunReport.Progress;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flights example through Kafka and Flink, all in this process. */
@Command(
    name = "demo",
    description = {
      "Learn real flights' delays, an airport's models each, through Kafka and Flink in this"
          + " process.",
      "Ends with a summary; Ctrl-C stops it before."
    },
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {

  private static final Path EXAMPLE = Path.of("examples", "flights");
  private static final Rate WATCHABLE = new Rate(2000);
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(2);

  /** Longer than a checkpoint may take. */
  private static final Duration STALL = Duration.ofMinutes(2);

  /** One snapshot of a large model. */
  private static final int MAX_REQUEST_BYTES = 16 << 20;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "Only the first N flights (default: all of them).")
  private long events = Long.MAX_VALUE;

  @Option(
      names = "--rate",
      paramLabel = "N/s",
      converter = Rate.Converter.class,
      description = "Flights per second at most, or max (default: 2000/s; max with --headless).")
  private Rate rate;

  @Option(names = "--headless", description = "As fast as it goes, without a terminal's live line.")
  private boolean headless;

  @Option(names = "--out", paramLabel = "DIR", description = "Write the results' files there.")
  private Path out;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Of Flink's web UI; 0 for any free one (default: the first free from 8081 on).")
  private int port = EmbeddedFlink.Options.ANY_FROM_DEFAULT;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Learning tasks (default: ${DEFAULT-VALUE}).")
  private int parallelism = 2;

  @Spec private CommandSpec command;

  @Override
  public Integer call()
      throws SpecException, IOException, JobFailedException, InterruptedException {
    Usage.atLeast(1, events, "--events", command);
    Usage.parallelism(parallelism, command);
    Usage.port(port, "--port", command);
    Path example = Path.of(System.getProperty("meander.root", ".")).resolve(EXAMPLE);
    PipelineSpec spec = SpecLoader.load(example.resolve("pipeline.yaml"));
    if (out != null) {
      Directories.writable(out, "--out");
    }
    Path log = RunLog.open(out);
    PrintWriter console = command.commandLine().getErr();
    console.println("Log: " + log);
    try (Closing closing = new Closing(() -> console.println("\nStopping ..."))) {
      Path directory = closing.add(new Directories.Temporary()).path();
      console.println("Starting Kafka ...");
      EmbeddedBroker broker = closing.add(EmbeddedBroker.start(directory.resolve("kafka"), 0));
      KafkaOptions kafka =
          new KafkaOptions(
              broker.bootstrapServers(),
              KafkaOptions.defaultGroup(spec.name()),
              KafkaOptions.Start.EARLIEST,
              Map.of("max.request.size", Integer.toString(MAX_REQUEST_BYTES)));
      broker.createTopics(topics(spec, kafka));
      console.println("Starting Flink ...");
      EmbeddedFlink flink =
          closing.add(
              EmbeddedFlink.start(
                  new EmbeddedFlink.Options(directory.resolve("flink"), parallelism, port, log)));
      sayAddresses(flink, broker);
      RunReport report = closing.add(new RunReport(spec, out, false, null));
      RunningJob job = flink.submit(job(flink.newEnvironment(), spec, kafka, report));
      FileReplay flights =
          new FileReplay(
              spec,
              example.resolve("flights.csv.gz"),
              null,
              KafkaAddress.of(broker.bootstrapServers()),
              events,
              rate != null ? rate : headless ? Rate.UNLIMITED : WATCHABLE,
              Double.POSITIVE_INFINITY);
      RowCount rows = closing.add(new RowCount(example.resolve("flights.csv.gz"), events));
      Throughput throughput = new Throughput();
      Background replay = closing.add(new Background("replay", flights::run));
      follow(new Followed(job, flights, replay, rows), report, throughput);
      Duration took = throughput.elapsed();
      console.println("Stopping the job; its last snapshots come ...");
      job.stopWithSavepoint(true, STOP_TIMEOUT);
      job.await(STOP_TIMEOUT);
      report.finish();
      PrintWriter results = command.commandLine().getOut();
      Results.print(spec, report, took, results);
      results.println("Labels known at once: optimistic. A flight's delay is known when it lands.");
      if (out != null) {
        results.println("Results: " + out);
      }
    }
    return 0;
  }

  /** What goes on at the same time. */
  private record Followed(RunningJob job, FileReplay flights, Background replay, RowCount rows) {}

  /** Shows progress until everything sent has been answered. */
  private void follow(Followed run, RunReport report, Throughput throughput)
      throws IOException, JobFailedException, InterruptedException {
    boolean allSent = false;
    long answered = -1;
    long lastAnswer = System.nanoTime();
    try (ProgressLine line = ProgressLine.on(command.commandLine().getErr())) {
      Progress now = report.progress();
      while (!allSent || now.records() < run.flights().sent()) {
        if (run.job().await(allSent ? ProgressLine.TICK : Duration.ZERO)) {
          throw new CommandFailure("The job ended before its events did.");
        }
        allSent = allSent || run.replay().await(ProgressLine.TICK);
        now = report.progress();
        if (now.records() != answered) {
          answered = now.records();
          lastAnswer = System.nanoTime();
        } else if (allSent && System.nanoTime() - lastAnswer > STALL.toNanos()) {
          throw new CommandFailure(
              "The job stands still: %,d of %,d events answered, none for %d s."
                  .formatted(answered, run.flights().sent(), STALL.toSeconds()));
        }
        Progress shown = now;
        line.update(() -> Results.line(shown, throughput, run.rows().rows()));
      }
      line.end(Results.line(now, throughput, now.events() + now.rejects()));
    }
  }

  private List<NewTopic> topics(PipelineSpec spec, KafkaOptions kafka) {
    List<NewTopic> topics = new ArrayList<>(new PipelineTopics(spec, kafka).own());
    topics.add(new NewTopic(spec.events().topic(), Optional.of(parallelism), Optional.empty()));
    return topics;
  }

  private void sayAddresses(EmbeddedFlink flink, EmbeddedBroker broker) {
    PrintWriter console = command.commandLine().getErr();
    int chosen = flink.webUi().getPort();
    if (port == EmbeddedFlink.Options.ANY_FROM_DEFAULT && chosen != EmbeddedFlink.DEFAULT_PORT) {
      console.printf(
          "Port %d is in use: Flink's web UI is on %d instead.%n",
          EmbeddedFlink.DEFAULT_PORT, chosen);
    }
    console.println("Flink's web UI: " + flink.webUi());
    console.println("Kafka:          " + broker.bootstrapServers());
  }

  private static JobGraph job(
      StreamExecutionEnvironment env, PipelineSpec spec, KafkaOptions kafka, RunReport report) {
    JobSettings.failAtOnce(env);
    ReportSink.attach(KafkaPipeline.build(env, spec, kafka), report);
    return JobSettings.graph(env, spec.name());
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.local.EmbeddedException;
import io.meander.cli.local.EmbeddedFlink;
import io.meander.cli.local.RunningJob;
import io.meander.cli.local.RunningJob.JobFailedException;
import io.meander.flink.KafkaOptions;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.flink.kafka.TopicsException;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The job of a pipeline in this process, against a real Kafka, until it is stopped. */
@Command(
    name = "run",
    description = "Run a pipeline's job in this process, against a Kafka, until Ctrl-C.",
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);

  @Parameters(
      arity = "1..*",
      paramLabel = "SPEC",
      description =
          "The pipeline spec, a YAML file. With more of them the job runs each, and reads a topic"
              + " that several read once.")
  private List<Path> files;

  @Mixin private KafkaAddress kafkaAddress;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Learning tasks (default: ${DEFAULT-VALUE}).")
  private int parallelism = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "Where checkpoints go. A later run with the same directory goes on from the last one."
              + " Left out: the models are forgotten at the end.")
  private Path stateDirectory;

  @Option(
      names = "--allow-non-restored-state",
      description =
          "Leave behind what --state-dir holds of a pipeline or a topic that the job has no more.")
  private boolean allowNonRestoredState;

  @Option(
      names = "--create-topics",
      description =
          "Create the topics of events and labels if missing; the others are made anyway.")
  private boolean createTopics;

  @Option(
      names = "--web-port",
      paramLabel = "PORT",
      description = "Of Flink's web UI; 0 for any free one (default: the first free from 8081 on).")
  private int webPort = EmbeddedFlink.Options.ANY_FROM_DEFAULT;

  @Spec private CommandSpec command;

  @Override
  public Integer call()
      throws SpecException,
          TopicsException,
          EmbeddedException,
          JobFailedException,
          InterruptedException {
    Usage.parallelism(parallelism, command);
    Usage.port(webPort, "--web-port", command);
    List<PipelineSpec> specs = Specs.ofJob(files);
    PipelineTopics.requireApart(specs);
    if (stateDirectory != null) {
      Directories.writable(stateDirectory, "--state-dir");
    }
    PrintWriter err = command.commandLine().getErr();
    Path log = RunLog.open(stateDirectory);
    specs.forEach(spec -> Specs.warnLive(spec, err));
    KafkaOptions kafka = kafkaAddress.ofJob(specs.get(0).name());
    for (PipelineSpec spec : specs) {
      prepareTopics(spec, kafka);
    }
    try (Closing closing = new Closing(() -> err.println("\nStopping ..."))) {
      Path directory =
          stateDirectory == null ? closing.add(new Directories.Temporary()).path() : stateDirectory;
      Optional<String> former = RetainedState.newest(directory);
      EmbeddedFlink flink =
          closing.add(
              EmbeddedFlink.start(new EmbeddedFlink.Options(directory, parallelism, webPort, log)));
      RunningJob job = flink.submit(job(flink.newEnvironment(), specs, kafka, former));
      closing.add(() -> stop(job));
      err.println("Log:            " + log);
      err.println("Flink's web UI: " + flink.webUi());
      err.println("State:          " + former.map(f -> "goes on from " + f).orElse("new"));
      err.printf(
          "Learning from %s at %s. Ctrl-C stops.%n",
          specs.stream()
              .map(spec -> "'" + spec.events().topic() + "'")
              .distinct()
              .collect(Collectors.joining(", ")),
          kafka.bootstrapServers());
      watch(job, err);
    }
    return 0;
  }

  private void prepareTopics(PipelineSpec spec, KafkaOptions kafka)
      throws TopicsException, InterruptedException {
    try (KafkaTopics topics = new KafkaTopics(kafkaAddress)) {
      topics.requireInputs(spec, createTopics);
    }
    var made = new PipelineTopics(spec, kafka).prepare();
    if (!made.isEmpty()) {
      command.commandLine().getErr().println("Topics made: " + String.join(", ", made));
    }
  }

  private JobGraph job(
      StreamExecutionEnvironment env,
      List<PipelineSpec> specs,
      KafkaOptions kafka,
      Optional<String> former) {
    JobSettings.retainCheckpoints(env);
    KafkaPipeline.build(env, specs, kafka);
    JobGraph graph = JobSettings.graph(env, KafkaPipeline.name(specs));
    former.ifPresent(
        path ->
            graph.setSavepointRestoreSettings(
                SavepointRestoreSettings.forPath(path, allowNonRestoredState)));
    return graph;
  }

  /** Says what changes, until the job ends. */
  private static void watch(RunningJob job, PrintWriter err)
      throws EmbeddedException, JobFailedException, InterruptedException {
    JobStatus said = null;
    Instant saidFailure = Instant.MIN;
    while (!job.await(LOOK)) {
      JobStatus status = job.status();
      if (status != said) {
        said = status;
        err.println("Job: " + status);
      }
      Optional<RunningJob.Failure> failure = job.lastFailure();
      if (failure.isPresent() && failure.get().time().isAfter(saidFailure)) {
        saidFailure = failure.get().time();
        err.println("Job failed, and is restarted: " + failure.get().message());
      }
    }
  }

  /** With a directory for its state, so that the next run goes on from here. */
  private void stop(RunningJob job) throws EmbeddedException {
    if (job.isDone()) {
      return;
    }
    if (stateDirectory == null) {
      job.cancel();
      return;
    }
    String savepoint = job.stopWithSavepoint(false, STOP_TIMEOUT);
    command.commandLine().getErr().println("State kept: " + savepoint);
  }
}

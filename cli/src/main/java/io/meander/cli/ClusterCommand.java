/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.meander.cli.cluster.ClusterHealth;
import io.meander.cli.cluster.ClusterOptions;
import io.meander.cli.cluster.ClusterProcess;
import io.meander.cli.cluster.LocalCluster;
import io.meander.cli.local.EmbeddedException;
import io.meander.flink.KafkaPipeline;
import io.meander.flink.MeanderJob;
import io.meander.flink.kafka.PipelineTopics;
import io.meander.flink.kafka.TopicsException;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** A local cluster of processes: broker, JobManager, TaskManagers. */
@Command(
    name = "cluster",
    description =
        "A Kafka broker and a Flink cluster as processes of this machine, for trying what a real"
            + " cluster does: submission, savepoints, upgrades, failures.",
    sortOptions = false)
final class ClusterCommand implements Runnable {

  /** System property: jars of the user's transforms, parted as in a class path. */
  static final String OWN_JARS = "meander.classpath";

  private static final Pattern URI_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:");

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "Where configuration, logs, topics, checkpoints and savepoints are (default: .meander in"
              + " the project).")
  private Path directory;

  @Spec private CommandSpec command;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        command.commandLine(), "which one: start, status, stop or flink?");
  }

  @Command(
      name = "start",
      description = "Start the processes, wait until they answer, and leave them running.",
      sortOptions = false)
  int start(
      @Option(
              names = "--task-managers",
              paramLabel = "N",
              defaultValue = "1",
              description = "TaskManagers (default: ${DEFAULT-VALUE}).")
          int taskManagers,
      @Option(
              names = "--slots",
              paramLabel = "N",
              defaultValue = "2",
              description = "Task slots of each (default: ${DEFAULT-VALUE}).")
          int slots,
      @Option(
              names = "--web-port",
              paramLabel = "PORT",
              defaultValue = "8081",
              description =
                  "Of Flink's web UI and REST interface; 0 for any free one (default:"
                      + " ${DEFAULT-VALUE}).")
          int webPort,
      @Option(
              names = "--kafka-port",
              paramLabel = "PORT",
              defaultValue = "9092",
              description = "Of the broker; 0 for any free one (default: ${DEFAULT-VALUE}).")
          int kafkaPort,
      @Option(
              names = "--job-manager-memory",
              paramLabel = "SIZE",
              defaultValue = "1g",
              description = "Of the JobManager's process (default: ${DEFAULT-VALUE}).")
          String jobManagerMemory,
      @Option(
              names = "--task-manager-memory",
              paramLabel = "SIZE",
              defaultValue = "1536m",
              description = "Of each TaskManager's process (default: ${DEFAULT-VALUE}).")
          String taskManagerMemory,
      @Option(
              names = "--application",
              paramLabel = "SPEC",
              arity = "1..*",
              description =
                  "Application mode, as docker-compose.yml and deploy/kubernetes have it: the"
                      + " JobManager itself runs the job of this pipeline, or of several, and ends"
                      + " with it. Topics that are missing are created.")
          List<Path> application,
      @Option(
              names = "--from-savepoint",
              paramLabel = "PATH",
              description = "With --application: where the job goes on from.")
          String savepoint,
      @Option(
              names = "--allow-non-restored-state",
              description =
                  "With --from-savepoint: leave behind what it holds of a pipeline or a topic that"
                      + " the job has no more.")
          boolean allowNonRestoredState,
      @Option(
              names = "--metrics",
              description =
                  "Open Prometheus' endpoints, from port 9249 on. Flink opens them on all"
                      + " interfaces.")
          boolean metrics)
      throws EmbeddedException, IOException, InterruptedException, SpecException, TopicsException {
    CommandSpec start = command.subcommands().get("start").getCommandSpec();
    Usage.atLeast(1, taskManagers, "--task-managers", start);
    Usage.atLeast(1, slots, "--slots", start);
    Usage.port(webPort, "--web-port", start);
    Usage.port(kafkaPort, "--kafka-port", start);
    size(jobManagerMemory, "--job-manager-memory", start);
    size(taskManagerMemory, "--task-manager-memory", start);
    if (savepoint != null && application == null) {
      throw Usage.wrong(start, "--from-savepoint goes with --application; flink run has -s");
    }
    if (allowNonRestoredState && savepoint == null) {
      throw Usage.wrong(start, "--allow-non-restored-state goes with --from-savepoint");
    }
    List<PipelineSpec> specs = application == null ? List.of() : Specs.ofJob(application);
    PipelineTopics.requireApart(specs);
    String from = savepoint == null ? null : savepoint(savepoint);
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    LocalCluster cluster =
        LocalCluster.prepare(
            directory(),
            new ClusterOptions(
                home(), slots, webPort, kafkaPort, jobManagerMemory, taskManagerMemory, metrics));
    try (Closing closing = new Closing(() -> err.println("\nStopping ..."))) {
      closing.add(cluster::stop);
      err.println("Starting ...");
      if (application == null) {
        cluster.start(taskManagers);
      } else {
        cluster.start(
            taskManagers,
            job(application, from, allowNonRestoredState, taskManagers * slots, cluster),
            () -> createTopics(specs, cluster));
      }
      closing.keep();
    }
    out.println("Flink's web UI: " + cluster.webUi());
    out.println("Kafka:          " + cluster.bootstrapServers());
    out.println("Everything in:  " + cluster.directory());
    if (application == null) {
      out.println();
      out.println(
          "Submit a job:   ./meander cluster flink"
              + where()
              + " run -d "
              + shown(jobJar())
              + " --spec SPEC \\");
      out.println("                  --bootstrap-servers " + cluster.bootstrapServers());
    } else {
      out.println("Job:            '" + KafkaPipeline.name(specs) + "' runs");
      out.println();
      out.println(
          "Upgrade:        ./meander cluster flink" + where() + " stop --type canonical JOB, then");
      out.println(
          "                ./meander cluster stop"
              + where()
              + ", then this again --from-savepoint PATH");
    }
    out.println("Stop:           ./meander cluster stop" + where());
    return CommandLine.ExitCode.OK;
  }

  private ClusterOptions.Application job(
      List<Path> specs,
      String savepointOrNull,
      boolean allowNonRestoredState,
      int parallelism,
      LocalCluster cluster) {
    List<String> arguments = new ArrayList<>();
    for (Path spec : specs) {
      arguments.addAll(List.of("--spec", spec.toAbsolutePath().normalize().toUri().toString()));
    }
    arguments.addAll(
        List.of(
            "--bootstrap-servers",
            cluster.bootstrapServers(),
            "--parallelism",
            Integer.toString(parallelism)));
    return new ClusterOptions.Application(
        jobJar(),
        ownJars(),
        MeanderJob.class.getName(),
        Optional.ofNullable(savepointOrNull),
        allowNonRestoredState,
        arguments);
  }

  /** Those of the user's transforms, as the launcher was told. */
  private static List<Path> ownJars() {
    return Stream.of(System.getProperty(OWN_JARS, "").split(File.pathSeparator))
        .filter(jar -> !jar.isEmpty())
        .map(jar -> Path.of(jar).toAbsolutePath().normalize())
        .toList();
  }

  private static void createTopics(List<PipelineSpec> specs, LocalCluster cluster) {
    try (KafkaTopics topics = new KafkaTopics(KafkaAddress.of(cluster.bootstrapServers()))) {
      for (PipelineSpec spec : specs) {
        topics.requireInputs(spec, true);
      }
    }
  }

  /** What Flink is told; it would resolve a path of this machine in a place of its own. */
  private static String savepoint(String pathOrUri) {
    if (URI_SCHEME.matcher(pathOrUri).lookingAt()) {
      return pathOrUri;
    }
    Path path = Path.of(pathOrUri).toAbsolutePath().normalize();
    if (!RetainedState.isComplete(path)) {
      throw new CommandFailure(
          "--from-savepoint: there is no whole savepoint in %s. Give the path or URI that 'flink stop' printed."
              .formatted(path));
    }
    return path.toUri().toString();
  }

  @Command(name = "status", description = "Say what runs. Exit code 1 unless all of it does.")
  int status() throws IOException, InterruptedException {
    PrintWriter out = command.commandLine().getOut();
    Optional<LocalCluster> found = LocalCluster.find(directory(), home());
    if (found.isEmpty()) {
      out.println("No cluster is started in " + directory() + ".");
      return CommandLine.ExitCode.SOFTWARE;
    }
    LocalCluster cluster = found.get();
    ClusterHealth health = new ClusterHealth(cluster.webUi(), cluster.bootstrapServers());
    boolean all = true;
    TextTable table = new TextTable("process", "pid", "state");
    for (ClusterProcess process : cluster.processes()) {
      boolean running = process.running().isPresent();
      all &= running;
      table.add(process.name(), Long.toString(process.pid()), running ? "running" : "ended");
    }
    table.print(out);
    out.println();
    boolean broker = health.brokerAnswers();
    out.println("Kafka " + cluster.bootstrapServers() + (broker ? " answers" : " does not answer"));
    Optional<JsonNode> overview = health.overview();
    out.println("Flink " + cluster.webUi() + overview.map(this::jobs).orElse(" does not answer"));
    out.println("Logs: " + cluster.directory().resolve("log"));
    return all && broker && overview.isPresent()
        ? CommandLine.ExitCode.OK
        : CommandLine.ExitCode.SOFTWARE;
  }

  private String jobs(JsonNode overview) {
    return " answers: %d task managers, %d of %d slots free, jobs running %d, finished %d, failed %d"
        .formatted(
            overview.path("taskmanagers").asInt(),
            overview.path("slots-available").asInt(),
            overview.path("slots-total").asInt(),
            overview.path("jobs-running").asInt(),
            overview.path("jobs-finished").asInt(),
            overview.path("jobs-failed").asInt());
  }

  @Command(
      name = "stop",
      description =
          "Stop the processes. Topics and savepoints stay; jobs that run are lost unless they were"
              + " stopped with a savepoint.")
  int stop() throws IOException, InterruptedException {
    Optional<LocalCluster> found = LocalCluster.find(directory(), home());
    if (found.isEmpty()) {
      command
          .commandLine()
          .getOut()
          .println("No cluster is started in " + directory() + ": nothing to stop.");
      return CommandLine.ExitCode.OK;
    }
    found.get().stop();
    command.commandLine().getOut().println("Stopped.");
    return CommandLine.ExitCode.OK;
  }

  @Command(
      name = "flink",
      description =
          "Flink's own command against this cluster, such as run, list, savepoint, stop, cancel.")
  int flink(
      @Parameters(
              paramLabel = "ARGUMENT",
              arity = "1..*",
              description = "What Flink's command is given.")
          List<String> arguments)
      throws IOException, InterruptedException {
    LocalCluster cluster =
        LocalCluster.find(directory(), home())
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "No cluster is started in %s. Start one: ./meander cluster start%s"
                            .formatted(directory(), where())));
    return cluster.flink(arguments).inheritIO().start().waitFor();
  }

  private static void size(String text, String option, CommandSpec start) {
    try {
      MemorySize.parse(text);
    } catch (IllegalArgumentException e) {
      throw Usage.wrong(
          start, "%s must be a size such as 1536m or 2g, not %s".formatted(option, text));
    }
  }

  private Path directory() {
    return directory != null ? directory : home().resolve(".meander");
  }

  /** As it must be given again. */
  private String where() {
    return directory == null ? "" : " --dir " + shown(directory);
  }

  private static Path home() {
    String root = System.getProperty("meander.root");
    if (root == null) {
      throw new CommandFailure("The project's root is not known: start it by ./meander.");
    }
    return Path.of(root);
  }

  /** As one would type it. */
  private static Path shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    return path.toAbsolutePath().startsWith(here)
        ? here.relativize(path.toAbsolutePath().normalize())
        : path;
  }

  /** The one that the build made. */
  private static Path jobJar() {
    Path target = home().resolve("flink-jobs").resolve("target");
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, "flink-jobs-*.jar")) {
      Iterator<Path> found = jars.iterator();
      if (found.hasNext()) {
        return found.next();
      }
    } catch (IOException e) {
      throw noJar(target, e);
    }
    throw noJar(target, null);
  }

  private static CommandFailure noJar(Path target, IOException causeOrNull) {
    return new CommandFailure(
        "The job's jar is not in %s. Build it: mvn -DskipTests package".formatted(target),
        causeOrNull);
  }
}

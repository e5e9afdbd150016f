/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.cluster;

import io.meander.cli.local.BrokerProperties;
import io.meander.cli.local.EmbeddedException;
import io.meander.cli.local.LoopbackPorts;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Kafka broker, a JobManager and TaskManagers, each a process of its own on 127.0.0.1, which go
 * on when the process that started them ends. Everything they have is in one folder. It may be
 * stopped from another thread than that which starts it.
 */
public final class LocalCluster {

  static final String BROKER = "broker";
  static final String JOB_MANAGER = "job-manager";
  static final String TASK_MANAGER = "task-manager-";

  private static final String BROKER_HEAP = "512m";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  private final ClusterFolder folder;
  private final ClusterFolder.Started started;
  private final Path lib;
  private boolean stopped;

  private LocalCluster(ClusterFolder folder, ClusterFolder.Started started, Path lib) {
    this.folder = folder;
    this.started = started;
    this.lib = lib;
  }

  /**
   * The cluster that was started in a folder and not stopped since, whether or not it still runs.
   *
   * @param home the project's root, where the built jars are
   */
  public static Optional<LocalCluster> find(Path directory, Path home) throws IOException {
    ClusterFolder folder = new ClusterFolder(directory);
    return folder.read().map(started -> new LocalCluster(folder, started, lib(home)));
  }

  /**
   * A cluster that is ready to be started: its folder is laid out, its ports are chosen.
   *
   * @throws EmbeddedException if a cluster runs there already, a port is used or jars are missing
   */
  public static LocalCluster prepare(Path directory, ClusterOptions options)
      throws EmbeddedException, IOException {
    ClusterFolder folder = new ClusterFolder(directory);
    refuseSecond(folder);
    Path lib = lib(options.home());
    if (!Files.isDirectory(lib)) {
      throw new EmbeddedException(
          "Flink's jars are not in %s. Build them: mvn -DskipTests package".formatted(lib));
    }
    int restPort = port(options.restPort(), "Flink's web UI", "--web-port");
    int kafkaPort = port(options.kafkaPort(), "the broker", "--kafka-port");
    for (String name : List.of("conf", "log", "plugins", "tmp", "checkpoints", "savepoints")) {
      Files.createDirectories(folder.of(name));
    }
    try (InputStream in = LocalCluster.class.getResourceAsStream("log4j2.properties")) {
      Files.copy(in, folder.logConfiguration(), StandardCopyOption.REPLACE_EXISTING);
    }
    FlinkSettings.write(
        folder,
        options.home().resolve("deploy").resolve("flink").resolve("config.yaml"),
        options,
        restPort,
        LoopbackPorts.free());
    return new LocalCluster(
        folder,
        new ClusterFolder.Started(
            "http://%s:%d".formatted(LoopbackPorts.HOST, restPort),
            "%s:%d".formatted(LoopbackPorts.HOST, kafkaPort),
            new ArrayList<>()),
        lib);
  }

  /**
   * Starts all processes and waits until they answer. Should it fail, {@link #stop} stops what was
   * started.
   *
   * @throws EmbeddedException if a process does not come up, or the cluster is stopped meanwhile
   */
  public void start(int taskManagers) throws EmbeddedException, IOException, InterruptedException {
    launchBroker();
    FlinkCommands flink = new FlinkCommands(folder, lib);
    launch(JOB_MANAGER, flink.jobManager(JOB_MANAGER), flink.environment());
    launchTaskManagers(taskManagers, flink);
    await(health -> health.brokerAnswers() && health.taskManagers() >= taskManagers);
  }

  /**
   * As {@link #start(int)}, but the JobManager runs a job of its own, once the broker answers.
   *
   * @param beforeJob what the job needs of the broker is made there
   */
  public void start(int taskManagers, ClusterOptions.Application job, Runnable beforeJob)
      throws EmbeddedException, IOException, InterruptedException {
    launchBroker();
    await(ClusterHealth::brokerAnswers);
    beforeJob.run();
    FlinkCommands flink = new FlinkCommands(folder, lib);
    launch(JOB_MANAGER, flink.jobManager(JOB_MANAGER, job), flink.environment());
    launchTaskManagers(taskManagers, flink);
    await(health -> health.jobsRunning() == 1 && health.taskManagers() >= taskManagers);
  }

  public String webUi() {
    return started.webUi();
  }

  public String bootstrapServers() {
    return started.bootstrapServers();
  }

  /** Where configuration, logs, topics, checkpoints and savepoints are. */
  public Path directory() {
    return folder.root();
  }

  /** In the order of their start. */
  public List<ClusterProcess> processes() {
    return List.copyOf(started.processes());
  }

  /** Flink's own command against this cluster: {@code run}, {@code list}, {@code stop}. */
  public ProcessBuilder flink(List<String> arguments) {
    FlinkCommands flink = new FlinkCommands(folder, lib);
    ProcessBuilder builder = new ProcessBuilder(flink.client(arguments));
    builder.environment().putAll(flink.environment());
    return builder;
  }

  /** Stops all processes, TaskManagers first and the broker last, and waits until they are gone. */
  public synchronized void stop() throws IOException, InterruptedException {
    stopped = true;
    List<ClusterProcess> order = new ArrayList<>(started.processes());
    Collections.reverse(order);
    order.stream()
        .filter(process -> !process.name().equals(BROKER))
        .forEach(process -> process.running().ifPresent(ProcessHandle::destroy));
    for (ClusterProcess process : order) {
      Optional<ProcessHandle> handle = process.running();
      if (handle.isPresent()) {
        handle.get().destroy();
        await(handle.get());
      }
    }
    folder.forget();
  }

  private static void await(ProcessHandle handle) throws InterruptedException {
    try {
      handle.onExit().get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      handle.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void launchBroker() throws EmbeddedException, IOException {
    int kafkaPort = Integer.parseInt(bootstrapServers().split(":", 2)[1]);
    Path properties = BrokerProperties.prepare(folder.kafka(), kafkaPort);
    List<String> broker =
        List.of(
            JavaCommand.path(),
            "-Xmx" + BROKER_HEAP,
            "-Dlog.file=" + folder.log(BROKER),
            "-Dlog4j2.configurationFile=" + folder.logConfiguration().toUri(),
            "-cp",
            System.getProperty("java.class.path"),
            "kafka.Kafka",
            properties.toString());
    launch(BROKER, broker, Map.of());
  }

  private void launchTaskManagers(int taskManagers, FlinkCommands flink)
      throws EmbeddedException, IOException {
    for (int i = 1; i <= taskManagers; i++) {
      String name = TASK_MANAGER + i;
      launch(name, flink.taskManager(name), flink.environment());
    }
  }

  /** It is remembered at once, so that whatever happens next it can be stopped. */
  private synchronized void launch(
      String name, List<String> command, Map<String, String> environment)
      throws EmbeddedException, IOException {
    if (stopped) {
      throw new EmbeddedException("The cluster was stopped while it started.");
    }
    File out = folder.out(name).toFile();
    ProcessBuilder builder =
        new ProcessBuilder(JavaCommand.detached(command))
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(out);
    builder.environment().putAll(environment);
    started.processes().add(ClusterProcess.of(name, builder.start(), folder.log(name).toString()));
    folder.write(started);
  }

  /** What is waited for. */
  private interface Condition {
    boolean holds(ClusterHealth health) throws InterruptedException;
  }

  private void await(Condition condition) throws EmbeddedException, InterruptedException {
    ClusterHealth health = new ClusterHealth(webUi(), bootstrapServers());
    long end = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!condition.holds(health)) {
      for (ClusterProcess process : started.processes()) {
        if (process.running().isEmpty()) {
          throw new EmbeddedException(
              "The process '%s' ended while it started; its log: %s, what it printed: %s"
                  .formatted(process.name(), process.log(), folder.out(process.name())));
        }
      }
      if (System.nanoTime() > end) {
        throw new EmbeddedException(
            "The cluster was not up after %d s; its logs are in %s"
                .formatted(START_TIMEOUT.toSeconds(), folder.of("log")));
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private static void refuseSecond(ClusterFolder folder) throws IOException, EmbeddedException {
    Optional<ClusterFolder.Started> former = folder.read();
    if (former.isPresent()
        && former.get().processes().stream().anyMatch(p -> p.running().isPresent())) {
      throw new EmbeddedException(
          "A cluster runs in %s already (%s). Stop it first: ./meander cluster stop"
              .formatted(folder.root(), former.get().webUi()));
    }
  }

  private static int port(int wanted, String what, String option)
      throws IOException, EmbeddedException {
    if (wanted == 0) {
      return LoopbackPorts.free();
    }
    if (!LoopbackPorts.isFree(wanted)) {
      throw new EmbeddedException(
          "Port %d on 127.0.0.1 is in use, so %s cannot listen there. Give another with %s, or 0 for any free one."
              .formatted(wanted, what, option));
    }
    return wanted;
  }

  private static Path lib(Path home) {
    return home.resolve("deploy").resolve("flink-lib").resolve("target").resolve("lib");
  }
}

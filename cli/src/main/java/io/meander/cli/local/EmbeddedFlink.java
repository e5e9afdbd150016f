/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster in this process: one JobManager, one TaskManager, the web UI to look at and not
 * to touch (no submitting, cancelling or rescaling from a browser). It listens on 127.0.0.1 only;
 * all it stores lies under one directory, which it does not remove.
 */
public final class EmbeddedFlink implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFlink.class);

  /** Where the web UI is looked for first unless a port is asked for. */
  public static final int DEFAULT_PORT = 8081;

  /** Ports tried after {@link #DEFAULT_PORT}. */
  private static final int NEXT_PORTS = 100;

  private static final Duration START_TIMEOUT = Duration.ofMinutes(1);
  private static final int WEB_TIMEOUT_MILLIS = 10_000;
  private static final long WEB_PAUSE_MILLIS = 20;
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);

  private final MiniCluster cluster;
  private final Configuration configuration;
  private final Path directory;
  private final URI webUi;

  private EmbeddedFlink(
      MiniCluster cluster, Configuration configuration, Path directory, URI webUi) {
    this.cluster = cluster;
    this.configuration = configuration;
    this.directory = directory;
    this.webUi = webUi;
  }

  /**
   * How to start.
   *
   * @param directory for checkpoints, savepoints and scratch files; made if missing
   * @param parallelism task slots, and what jobs run at; at least 1
   * @param port of the web UI; 0 for any free one, {@link #ANY_FROM_DEFAULT} for the first free one
   *     from {@link #DEFAULT_PORT} on
   * @param log the process's log file, shown by the web UI; null for none
   */
  public record Options(Path directory, int parallelism, int port, Path log) {

    public static final int ANY_FROM_DEFAULT = -1;

    public Options {
      if (parallelism < 1) {
        throw new IllegalArgumentException("parallelism must be at least 1, not " + parallelism);
      }
    }
  }

  /**
   * Starts a cluster and waits until it takes jobs and its web UI answers.
   *
   * @throws EmbeddedException if the port is used, the directory cannot be written, or the cluster
   *     does not come up
   */
  public static EmbeddedFlink start(Options options) throws EmbeddedException {
    int port = choosePort(options.port());
    MiniCluster cluster = null;
    try {
      Files.createDirectories(options.directory().resolve("tmp"));
      Configuration configuration = configuration(options, port);
      cluster =
          new MiniCluster(
              new MiniClusterConfiguration.Builder()
                  .setConfiguration(configuration)
                  .setNumTaskManagers(1)
                  .setNumSlotsPerTaskManager(options.parallelism())
                  .setRpcServiceSharing(RpcServiceSharing.SHARED)
                  .setCommonBindAddress(LoopbackPorts.HOST)
                  .build());
      cluster.start();
      URI address = cluster.getRestAddress().get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      awaitWebUi(address);
      return new EmbeddedFlink(cluster, configuration, options.directory(), address);
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      stop(cluster);
      throw new EmbeddedException(
          "The embedded Flink cluster did not start in %s: %s"
              .formatted(options.directory(), Causes.root(e)),
          e);
    }
  }

  /** It listens before its leader is elected, and refuses what it is asked till then. */
  private static void awaitWebUi(URI address)
      throws IOException, InterruptedException, TimeoutException {
    long start = System.nanoTime();
    while (true) {
      HttpURLConnection asked =
          (HttpURLConnection) address.resolve("/overview").toURL().openConnection(Proxy.NO_PROXY);
      asked.setConnectTimeout(WEB_TIMEOUT_MILLIS);
      asked.setReadTimeout(WEB_TIMEOUT_MILLIS);
      int status = asked.getResponseCode();
      asked.disconnect();
      if (status == HttpURLConnection.HTTP_OK) {
        return;
      }
      if (System.nanoTime() - start > START_TIMEOUT.toNanos()) {
        throw new TimeoutException("its web UI answers with status " + status);
      }
      Thread.sleep(WEB_PAUSE_MILLIS);
    }
  }

  /** Where the web UI answers. */
  public URI webUi() {
    return webUi;
  }

  /** An environment to build a job in, set up as this cluster is. */
  public StreamExecutionEnvironment newEnvironment() {
    return StreamExecutionEnvironment.getExecutionEnvironment(new Configuration(configuration));
  }

  /**
   * Submits a job and returns once the cluster has accepted it.
   *
   * @throws EmbeddedException if the cluster refuses it
   */
  public RunningJob submit(JobGraph job) throws EmbeddedException {
    try {
      cluster.submitJob(job).get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      return new RunningJob(cluster, job.getJobID(), directory.resolve("savepoints"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException("Interrupted while the job was submitted.", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new EmbeddedException("Flink refused the job: " + Causes.root(e), e);
    }
  }

  /** Cancels what runs and stops the cluster. May be called again. */
  @Override
  public void close() {
    stop(cluster);
  }

  private static void stop(MiniCluster cluster) {
    if (cluster == null) {
      return;
    }
    try {
      cluster.closeAsync().get(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Nothing is left to do about a cluster that will not stop: the process ends anyway.
      LOG.warn("Flink did not stop", e);
    }
  }

  private static int choosePort(int wanted) throws EmbeddedException {
    if (wanted == Options.ANY_FROM_DEFAULT) {
      for (int port = DEFAULT_PORT; port <= DEFAULT_PORT + NEXT_PORTS; port++) {
        if (LoopbackPorts.isFree(port)) {
          return port;
        }
      }
      return 0;
    }
    if (wanted != 0 && !LoopbackPorts.isFree(wanted)) {
      throw new EmbeddedException(
          "Port %d on 127.0.0.1 is in use, so Flink's web UI cannot listen there. Give another port, or 0 for any free one."
              .formatted(wanted));
    }
    return wanted;
  }

  private static Configuration configuration(Options options, int port) throws IOException {
    Path directory = options.directory().toRealPath();
    Configuration c = new Configuration();
    c.set(RestOptions.ADDRESS, LoopbackPorts.HOST);
    c.set(RestOptions.BIND_ADDRESS, LoopbackPorts.HOST);
    c.set(RestOptions.PORT, port);
    c.set(RestOptions.BIND_PORT, Integer.toString(port));
    c.set(JobManagerOptions.BIND_HOST, LoopbackPorts.HOST);
    c.set(TaskManagerOptions.HOST, LoopbackPorts.HOST);
    c.set(TaskManagerOptions.BIND_HOST, LoopbackPorts.HOST);
    c.set(WebOptions.SUBMIT_ENABLE, false);
    c.set(WebOptions.CANCEL_ENABLE, false);
    c.set(WebOptions.RESCALE_ENABLE, false);
    c.set(RestOptions.ENABLE_PROFILER, false);
    c.set(WebOptions.TMP_DIR, directory.resolve("tmp").toString());
    if (options.log() != null) {
      c.set(WebOptions.LOG_PATH, options.log().toString());
      c.set(TaskManagerOptions.TASK_MANAGER_LOG_PATH, options.log().toString());
    }

    c.set(CoreOptions.TMP_DIRS, directory.resolve("tmp").toString());
    c.set(CoreOptions.DEFAULT_PARALLELISM, options.parallelism());
    c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256));
    c.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    c.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    c.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    c.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    c.set(
        CheckpointingOptions.SAVEPOINT_DIRECTORY,
        directory.resolve("savepoints").toUri().toString());
    return c;
  }
}

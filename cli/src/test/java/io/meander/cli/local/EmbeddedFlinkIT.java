/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.cli.local.RunningJob.JobFailedException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EmbeddedFlinkIT {

  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final CountDownLatch SEEN = new CountDownLatch(1);

  @TempDir Path directory;

  @Test
  void showsAWebUiThatCannotSubmitAndStopsWithoutLeavingItsPort() throws Exception {
    URI webUi;
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (EmbeddedFlink flink = EmbeddedFlink.start(options(0))) {
      webUi = flink.webUi();
      assertThat(webUi.getHost()).isEqualTo("127.0.0.1");
      assertThat(get(webUi)).contains("<title>Apache Flink Web Dashboard</title>");
      assertThat(get(webUi.resolve("/config")))
          .contains("\"web-submit\":false")
          .contains("\"web-cancel\":false");
    }
    assertThat(LoopbackPorts.isFree(webUi.getPort())).isTrue();
    Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
    left.removeAll(before);
    left.removeIf(Thread::isDaemon);
    for (Thread thread : left) {
      thread.join(Duration.ofSeconds(10).toMillis());
    }
    assertThat(left).noneMatch(Thread::isAlive);
  }

  @Test
  void runsAJobToItsEnd() throws Exception {
    try (EmbeddedFlink flink = EmbeddedFlink.start(options(0))) {
      RunningJob job = flink.submit(numbers(flink, 1000, n -> n));

      assertThat(job.await(BOUND)).isTrue();
      assertThat(job.status()).isEqualTo(JobStatus.FINISHED);
    }
  }

  @Test
  void namesTheCauseOfAFailureWithoutFlinksWrappings() throws Exception {
    try (EmbeddedFlink flink = EmbeddedFlink.start(options(0))) {
      RunningJob job =
          flink.submit(
              numbers(
                  flink,
                  1000,
                  n -> {
                    throw new IllegalStateException("row " + n + " is no good");
                  }));

      assertThatThrownBy(() -> job.await(BOUND))
          .isInstanceOf(JobFailedException.class)
          .hasMessage("The job failed: row 0 is no good");
    }
  }

  @Test
  void stopsAnEndlessJobWithASavepoint() throws Exception {
    try (EmbeddedFlink flink = EmbeddedFlink.start(options(0))) {
      RunningJob job =
          flink.submit(
              numbers(
                  flink,
                  Long.MAX_VALUE,
                  n -> {
                    SEEN.countDown();
                    return n;
                  }));
      assertThat(SEEN.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(job.await(Duration.ZERO)).isFalse();

      String savepoint = job.stopWithSavepoint(true, BOUND);

      assertThat(Path.of(URI.create(savepoint)))
          .startsWith(directory.toRealPath())
          .isDirectoryContaining("glob:**_metadata");
      assertThat(job.await(BOUND)).isTrue();
    }
  }

  @Test
  void saysThatAPortIsUsed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedFlink.start(options(taken.getLocalPort())))
          .isInstanceOf(EmbeddedException.class)
          .hasMessageContaining("Port " + taken.getLocalPort() + " on 127.0.0.1 is in use");
    }
  }

  @Test
  void saysThatItsDirectoryCannotBeMade() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");

    assertThatThrownBy(
            () -> EmbeddedFlink.start(new EmbeddedFlink.Options(file.resolve("flink"), 1, 0, null)))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("did not start in");
  }

  private EmbeddedFlink.Options options(int port) {
    return new EmbeddedFlink.Options(directory, 1, port, null);
  }

  private static JobGraph numbers(EmbeddedFlink flink, long count, MapFunction<Long, Long> map) {
    StreamExecutionEnvironment env = flink.newEnvironment();
    env.configure(noRestart());
    env.fromSequence(0, count - 1).map(map).returns(Long.class).sinkTo(new DiscardingSink<>());
    return env.getStreamGraph().getJobGraph();
  }

  private static Configuration noRestart() {
    Configuration c = new Configuration();
    c.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return c;
  }

  private static String get(URI uri) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(BOUND).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}

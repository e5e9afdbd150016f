/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import java.io.Serial;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;

/**
 * A job on an {@link EmbeddedFlink}. Every wait is bounded. May be used from any thread, a shutdown
 * hook's included.
 */
public final class RunningJob {

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private final MiniCluster cluster;
  private final JobID id;
  private final Path savepoints;
  private final CompletableFuture<JobResult> result;

  RunningJob(MiniCluster cluster, JobID id, Path savepoints) {
    this.cluster = cluster;
    this.id = id;
    this.savepoints = savepoints;
    this.result = cluster.requestJobResult(id);
  }

  /** The job failed or was cancelled; the message names the cause, without Flink's wrappings. */
  public static final class JobFailedException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    JobFailedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** One failure of the job, whether or not it was restarted after it. */
  public record Failure(Instant time, String message) {}

  public JobID id() {
    return id;
  }

  /** Whether the job has ended, well or not. */
  public boolean isDone() {
    return result.isDone();
  }

  public JobStatus status() throws EmbeddedException {
    return answer(cluster.getJobStatus(id), ANSWER_TIMEOUT, "tell the job's status");
  }

  /**
   * Waits for the job's end.
   *
   * @return whether it ended within {@code bound}; false: it still runs
   * @throws JobFailedException if it ended otherwise than by finishing
   */
  public boolean await(Duration bound) throws JobFailedException, InterruptedException {
    try {
      JobResult ended = result.get(bound.toMillis(), TimeUnit.MILLISECONDS);
      if (ended.isSuccess()) {
        return true;
      }
      throw ended
          .getSerializedThrowable()
          .map(cause -> new JobFailedException("The job failed: " + Causes.root(cause), cause))
          .orElseGet(
              () ->
                  new JobFailedException(
                      "The job ended as "
                          + ended.getJobStatus().map(JobStatus::name).orElse("unknown"),
                      null));
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new JobFailedException("The job's end is not known: " + Causes.root(e), e);
    }
  }

  /** The job's newest failure, from which it may have recovered since. */
  public Optional<Failure> lastFailure() throws EmbeddedException {
    Failure newest = null;
    var history =
        answer(cluster.getExecutionGraphInfo(id), ANSWER_TIMEOUT, "tell the job's failures")
            .getExceptionHistory();
    for (var entry : history) {
      newest = new Failure(Instant.ofEpochMilli(entry.getTimestamp()), rootOf(entry));
    }
    return Optional.ofNullable(newest);
  }

  /** Asks the job to cancel; {@link #await} tells when it has. */
  public void cancel() throws EmbeddedException {
    answer(cluster.cancelJob(id), ANSWER_TIMEOUT, "cancel the job");
  }

  /**
   * Stops the job with a savepoint and waits until the savepoint is complete.
   *
   * @param drain true ends event time, so that everything pending is emitted (the savepoint is then
   *     no good for resuming); false leaves all pending
   * @return the savepoint's URI
   */
  public String stopWithSavepoint(boolean drain, Duration bound) throws EmbeddedException {
    return stopWithSavepoint(savepoints, drain, bound);
  }

  /** As above, with the savepoint in a directory of its own under the given one. */
  public String stopWithSavepoint(Path directory, boolean drain, Duration bound)
      throws EmbeddedException {
    return answer(
        cluster.stopWithSavepoint(
            id, directory.toUri().toString(), drain, SavepointFormatType.CANONICAL),
        bound,
        "stop the job with a savepoint");
  }

  private static String rootOf(ErrorInfo entry) {
    return Causes.root(entry.getException());
  }

  private static <T> T answer(CompletableFuture<T> future, Duration bound, String what)
      throws EmbeddedException {
    try {
      return future.get(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new EmbeddedException(
          "Flink did not %s within %d s.".formatted(what, bound.toSeconds()), e);
    } catch (ExecutionException e) {
      throw new EmbeddedException("Flink did not %s: %s".formatted(what, Causes.root(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException("Interrupted while waiting for Flink to %s.".formatted(what), e);
    }
  }
}

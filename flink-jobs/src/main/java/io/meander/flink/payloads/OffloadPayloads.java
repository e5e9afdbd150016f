/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.payloads;

import io.meander.avro.AvroEncoding;
import io.meander.avro.MalformedEventException;
import io.meander.avro.ModelSnapshot;
import io.meander.flink.AvroType;
import io.meander.flink.PipelineMetrics;
import io.meander.flink.PipelineUids;
import io.meander.models.PayloadStore;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.streaming.util.retryable.AsyncRetryStrategies;
import org.apache.flink.streaming.util.retryable.RetryPredicates;

/**
 * Snapshots whose payload is too large for a record leave it in the pipeline's folder, under the
 * SHA-256 of its bytes, before the record goes on with its URI; the others pass. Writing happens on
 * threads of its own, so that events do not wait for it until {@value #CAPACITY} snapshots do. A
 * write that fails is tried again; one that goes on failing fails the job, since a record must not
 * name what is not there. Snapshots come as their records' bytes: Flink keeps those whose write has
 * not ended in its state.
 */
public final class OffloadPayloads extends RichAsyncFunction<byte[], ModelSnapshot>
    implements ResultTypeQueryable<ModelSnapshot> {

  private static final long serialVersionUID = 1L;

  private static final int CAPACITY = 16;
  private static final int THREADS = 2;
  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final String pipeline;
  private final URI folder;
  private final long maxInlineBytes;

  private transient PayloadFolder payloads;
  private transient ExecutorService writers;
  private transient Counter offloaded;

  OffloadPayloads(String pipeline, URI folder, long maxInlineBytes) {
    this.pipeline = pipeline;
    this.folder = folder;
    this.maxInlineBytes = maxInlineBytes;
  }

  /** The snapshots as they go to their topic. */
  public static DataStream<ModelSnapshot> of(
      DataStream<ModelSnapshot> snapshots, PipelineSpec spec) {
    if (spec.snapshots().payloads().isEmpty()) {
      return snapshots;
    }
    SingleOutputStreamOperator<ModelSnapshot> offloaded =
        AsyncDataStream.orderedWaitWithRetry(
            snapshots
                .map(AvroEncoding::encode)
                .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                .setParallelism(snapshots.getParallelism())
                .uid(PipelineUids.of(spec, "snapshot-bytes"))
                .name("snapshot-bytes"),
            new OffloadPayloads(
                spec.name(), spec.snapshots().payloads().get(), spec.snapshots().maxInlineBytes()),
            TIMEOUT.toMillis(),
            TimeUnit.MILLISECONDS,
            CAPACITY,
            new AsyncRetryStrategies.ExponentialBackoffDelayRetryStrategyBuilder<ModelSnapshot>(
                    ATTEMPTS, FIRST_DELAY.toMillis(), LONGEST_DELAY.toMillis(), 2.0)
                .ifException(RetryPredicates.HAS_EXCEPTION_PREDICATE)
                .build());
    return offloaded
        .setParallelism(snapshots.getParallelism())
        .uid(PipelineUids.of(spec, "snapshot-payloads"))
        .name("snapshot-payloads")
        .setDescription(
            "payloads above %d bytes to %s"
                .formatted(spec.snapshots().maxInlineBytes(), spec.snapshots().payloads().get()));
  }

  @Override
  public void open(OpenContext context) {
    open(
        new FlinkPayloads(),
        PipelineMetrics.of(getRuntimeContext().getMetricGroup(), pipeline)
            .counter("offloadedPayloads"));
  }

  void open(PayloadStore store, Counter counter) {
    payloads = new PayloadFolder(store, folder, pipeline);
    offloaded = counter;
    writers =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "snapshot-payloads");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public void asyncInvoke(byte[] bytes, ResultFuture<ModelSnapshot> result)
      throws MalformedEventException {
    ModelSnapshot snapshot = AvroEncoding.decode(bytes, ModelSnapshot.class);
    if (snapshot.getPayload().remaining() <= maxInlineBytes) {
      result.complete(List.of(snapshot));
      return;
    }
    writers.execute(
        () -> {
          try {
            result.complete(List.of(offload(snapshot)));
          } catch (IOException | RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
  }

  private ModelSnapshot offload(ModelSnapshot snapshot) throws IOException {
    ModelSnapshot left = payloads.offload(snapshot, new ModelSnapshot());
    offloaded.inc();
    return left;
  }

  @Override
  public void close() {
    if (writers != null) {
      writers.shutdownNow();
    }
  }

  @Override
  public TypeInformation<ModelSnapshot> getProducedType() {
    return AvroType.of(ModelSnapshot.class);
  }
}

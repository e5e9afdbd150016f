/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.payloads;

import io.meander.avro.ModelUpdate;
import io.meander.flink.AvroType;
import io.meander.flink.PipelineMetrics;
import io.meander.flink.PipelineUids;
import io.meander.models.PayloadStore;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Updates whose payload is too large for a record leave it in the pipeline's folder before the
 * record goes on with its URI, as {@link OffloadPayloads} does with snapshots; but one after
 * another, so that every update that was sent before a barrier is in the transaction of that
 * checkpoint. Learning waits for it only when the network buffers between are full. A write that
 * fails is tried again; one that goes on failing fails the job.
 */
public final class OffloadUpdates extends ProcessFunction<ModelUpdate, ModelUpdate> {

  private static final long serialVersionUID = 1L;

  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);

  private final String pipeline;
  private final URI folder;
  private final long maxInlineBytes;

  private transient PayloadFolder payloads;
  private transient Counter offloaded;

  OffloadUpdates(String pipeline, URI folder, long maxInlineBytes) {
    this.pipeline = pipeline;
    this.folder = folder;
    this.maxInlineBytes = maxInlineBytes;
  }

  /** The updates as they go to their topic. */
  public static DataStream<ModelUpdate> of(DataStream<ModelUpdate> updates, PipelineSpec spec) {
    if (spec.snapshots().payloads().isEmpty()) {
      return updates;
    }
    return updates
        .process(
            new OffloadUpdates(
                spec.name(), spec.snapshots().payloads().get(), spec.snapshots().maxInlineBytes()),
            AvroType.of(ModelUpdate.class))
        .setParallelism(updates.getParallelism())
        .startNewChain()
        .uid(PipelineUids.of(spec, "update-payloads"))
        .name("update-payloads")
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
  }

  @Override
  public void processElement(ModelUpdate update, Context context, Collector<ModelUpdate> out)
      throws IOException, InterruptedException {
    out.collect(update.getPayload().remaining() <= maxInlineBytes ? update : offload(update));
  }

  private ModelUpdate offload(ModelUpdate update) throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        ModelUpdate left = payloads.offload(update, new ModelUpdate());
        offloaded.inc();
        return left;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        Thread.sleep(FIRST_DELAY.toMillis() << (attempt - 1));
      }
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.payloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.ModelUpdate;
import io.meander.avro.SnapshotCause;
import io.meander.avro.SnapshotMetrics;
import io.meander.avro.UpdateKind;
import io.meander.flink.AvroType;
import io.meander.flink.TestPipelines;
import io.meander.models.PayloadStore;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadsTest {

  private static final Duration GRACE = Duration.ofHours(24);

  @TempDir private Path folder;

  private final Instant now = Instant.now();
  private final FlinkPayloads store = new FlinkPayloads();

  /** What an asynchronous call gave. */
  private record Result(CompletableFuture<ModelSnapshot> future)
      implements ResultFuture<ModelSnapshot> {
    @Override
    public void complete(Collection<ModelSnapshot> results) {
      future.complete(results.iterator().next());
    }

    @Override
    public void complete(CollectionSupplier<ModelSnapshot> supplier) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void completeExceptionally(Throwable error) {
      future.completeExceptionally(error);
    }
  }

  @Test
  void writesReadsAndDeletesAndLeavesNothingElse() throws Exception {
    URI uri = folder.resolve("a/b/c").toUri();
    byte[] payload = {1, 2, 3};
    store.put(uri, payload);
    store.put(uri, payload);

    assertThat(store.get(uri, 3)).isEqualTo(payload);
    assertThatThrownBy(() -> store.get(uri, 2)).hasMessageContaining("has more than 2 bytes");
    assertThat(folder.resolve("a/b").toFile().list()).containsExactly("c");
    store.delete(uri);
    store.delete(uri);
    assertThatThrownBy(() -> store.get(uri, 3)).isInstanceOf(IOException.class);
    assertThat(store.supports(URI.create("s3://b/x"))).isTrue();
    assertThat(store.supports(uri)).isFalse();
  }

  @Test
  void leavesLargePayloadsInTheFolderUnderTheirHashAndSmallOnesInTheirRecords() throws Exception {
    OffloadPayloads offload = new OffloadPayloads("flights", folder.toUri(), 10);
    offload.open(store, new SimpleCounter());
    ModelSnapshot small = snapshot(10);
    ModelSnapshot large = snapshot(11);

    assertThat(invoke(offload, small).get(20, TimeUnit.SECONDS)).isEqualTo(small);
    ModelSnapshot left = invoke(offload, large).get(20, TimeUnit.SECONDS);
    offload.close();

    assertThat(left.getPayload().remaining()).isZero();
    assertThat(left.getPayloadBytes()).isEqualTo(11);
    assertThat(left.getPayloadUri()).matches(".*/flights/([0-9a-f]{2})/\\1[0-9a-f]{62}");
    assertThat(store.get(URI.create(left.getPayloadUri()), 11))
        .isEqualTo(large.getPayload().array());
    left.setPayload(large.getPayload());
    left.setPayloadUri(null);
    assertThat(left).isEqualTo(large);
  }

  /** Before it is restored, neither write has ended as far as the task knows. */
  @Test
  void keepsSnapshotsThatWaitForTheirWriteInStateAndWritesThemAfterARestore() throws Exception {
    ModelSnapshot large = snapshot(11);
    ModelSnapshot small = snapshot(10);
    var task = task();
    task.open();
    task.processElement(AvroEncoding.encode(large), 1);
    task.processElement(AvroEncoding.encode(small), 2);
    OperatorSubtaskState state = task.snapshot(1, 3);
    task.close();

    task = task();
    task.initializeState(state);
    task.open();
    task.endInput();
    List<ModelSnapshot> out = task.extractOutputValues();
    task.close();
    assertThat(out).hasSize(2);
    assertThat(store.get(URI.create(out.get(0).getPayloadUri()), 11))
        .isEqualTo(large.getPayload().array());
    assertThat(out.get(1)).isEqualTo(small);
  }

  @SuppressWarnings("unchecked")
  private OneInputStreamOperatorTestHarness<byte[], ModelSnapshot> task() throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    DataStream<ModelSnapshot> snapshots =
        env.fromData(AvroType.of(ModelSnapshot.class), snapshot(1));
    var offload =
        (OneInputTransformation<byte[], ModelSnapshot>)
            OffloadPayloads.of(snapshots, TestPipelines.offloaded(folder.toUri(), 10))
                .getTransformation();
    var task =
        new OneInputStreamOperatorTestHarness<>(
            (OneInputStreamOperatorFactory<byte[], ModelSnapshot>) offload.getOperatorFactory(),
            offload.getInputType().createSerializer(new SerializerConfigImpl()));
    task.setup(offload.getOutputType().createSerializer(new SerializerConfigImpl()));
    return task;
  }

  @Test
  void leavesLargeUpdatesInTheFolderInTheirOrder() throws Exception {
    OffloadUpdates offload = new OffloadUpdates("flights", folder.toUri(), 10);
    offload.open(store, new SimpleCounter());
    List<ModelUpdate> out = new ArrayList<>();
    ListCollector<ModelUpdate> collector = new ListCollector<>(out);
    ModelUpdate small = update(10);
    ModelUpdate large = update(11);
    offload.processElement(large, null, collector);
    offload.processElement(small, null, collector);

    assertThat(out).hasSize(2);
    assertThat(out.get(1)).isSameAs(small);
    ModelUpdate left = out.get(0);
    assertThat(left.getPayload().remaining()).isZero();
    assertThat(left.getPayloadUri()).matches(".*/flights/([0-9a-f]{2})/\\1[0-9a-f]{62}");
    assertThat(store.get(URI.create(left.getPayloadUri()), 11))
        .isEqualTo(large.getPayload().array());
    left.setPayload(large.getPayload());
    left.setPayloadUri(null);
    assertThat(left).isEqualTo(large);
  }

  @Test
  void triesToWriteALargeUpdateAgain() throws Exception {
    int[] attempts = new int[1];
    FlinkPayloads target = store;
    PayloadStore shaky =
        new PayloadStore() {
          @Override
          public boolean supports(URI uri) {
            return true;
          }

          @Override
          public byte[] get(URI uri, long most) throws IOException {
            return target.get(uri, most);
          }

          @Override
          public void put(URI uri, byte[] payload) throws IOException {
            if (++attempts[0] < 3) {
              throw new IOException("busy");
            }
            target.put(uri, payload);
          }

          @Override
          public void delete(URI uri) {}
        };
    OffloadUpdates offload = new OffloadUpdates("flights", folder.toUri(), 10);
    offload.open(shaky, new SimpleCounter());
    List<ModelUpdate> out = new ArrayList<>();
    offload.processElement(update(11), null, new ListCollector<>(out));

    assertThat(attempts[0]).isEqualTo(3);
    assertThat(store.get(URI.create(out.get(0).getPayloadUri()), 11)).hasSize(11);
  }

  private static ModelUpdate update(int bytes) {
    return ModelUpdate.newBuilder()
        .setPipeline("flights")
        .setKey("k")
        .setKind(UpdateKind.IMAGE)
        .setPosition(5)
        .setFacts(0)
        .setImagePosition(5)
        .setGeneration(1)
        .setChampion("s")
        .setSlots(List.of())
        .setLearningVersion(1)
        .setMoaVersion("x")
        .setFeatureFingerprint("f")
        .setTask("classification")
        .setClasses(List.of("no", "yes"))
        .setChecksum(0)
        .setPayloadBytes(bytes)
        .setPayload(ByteBuffer.wrap(new byte[bytes]))
        .build();
  }

  @Test
  void tellsFlinkOfAWriteThatFailed() throws Exception {
    PayloadStore full =
        new PayloadStore() {
          @Override
          public boolean supports(URI uri) {
            return true;
          }

          @Override
          public byte[] get(URI uri, long most) {
            return new byte[0];
          }

          @Override
          public void put(URI uri, byte[] payload) throws IOException {
            throw new IOException("no space left");
          }

          @Override
          public void delete(URI uri) {}
        };
    OffloadPayloads offload = new OffloadPayloads("flights", folder.toUri(), 10);
    offload.open(full, new SimpleCounter());

    assertThatThrownBy(() -> invoke(offload, snapshot(11)).get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("no space left");
    offload.close();
  }

  @Test
  void sweepsWhatNobodyRefersToOnceItIsOldEnough() throws Exception {
    URI referenced = payload("aa11", GRACE.plusDays(9));
    URI old = payload("aa22", GRACE.plusSeconds(5));
    URI fresh = payload("bb33", GRACE.minusSeconds(60));
    URI part = payload("bb44" + FlinkPayloads.PART + "x", GRACE.plusDays(1));
    URI again = payload("cc55", GRACE.plusDays(1));
    Path other = Files.createDirectories(folder.resolve("another/aa"));
    Files.write(other.resolve("aa99"), new byte[3]);

    PayloadSweep sweep = new PayloadSweep(folder.toUri(), "flights");
    Instant moment = now.minus(GRACE);
    List<PayloadSweep.Found> candidates = sweep.writtenBefore(moment);
    assertThat(candidates).hasSize(4);
    store.put(again, new byte[] {1});
    List<PayloadSweep.Found> deleted =
        sweep.delete(candidates, Set.of(referenced.toString()), moment);

    assertThat(deleted).hasSize(2);
    assertThat(Arrays.asList(old, part)).noneMatch(PayloadsTest::exists);
    assertThat(Arrays.asList(referenced, fresh, again)).allMatch(PayloadsTest::exists);
    assertThat(other.resolve("aa99")).exists();
    assertThat(new PayloadSweep(folder.toUri(), "none").writtenBefore(moment)).isEmpty();
  }

  private static boolean exists(URI uri) {
    return Files.exists(Path.of(uri));
  }

  private URI payload(String hash, Duration age) throws IOException {
    URI uri = PayloadNames.of(folder.toUri(), "flights", hash);
    store.put(uri, new byte[] {1, 2});
    Files.setLastModifiedTime(Path.of(uri), FileTime.from(now.minus(age)));
    return uri;
  }

  private static CompletableFuture<ModelSnapshot> invoke(
      OffloadPayloads offload, ModelSnapshot snapshot) throws Exception {
    CompletableFuture<ModelSnapshot> future = new CompletableFuture<>();
    offload.asyncInvoke(AvroEncoding.encode(snapshot), new Result(future));
    return future;
  }

  private static ModelSnapshot snapshot(int bytes) {
    byte[] payload = new byte[bytes];
    Arrays.fill(payload, (byte) 7);
    return ModelSnapshot.newBuilder()
        .setPipeline("flights")
        .setKey("k")
        .setSlot("s")
        .setIncarnation(1)
        .setVersion(1)
        .setParentVersion(0)
        .setCause(SnapshotCause.TIME)
        .setTrainedInstances(1)
        .setOffsets(List.of())
        .setMetrics(SnapshotMetrics.newBuilder().setInstances(1).build())
        .setLearner("bayes.NaiveBayes")
        .setSeed(1)
        .setMoaVersion("x")
        .setFeatures(List.of())
        .setFeatureFingerprint("f")
        .setClasses(List.of("no", "yes"))
        .setFormat(1)
        .setChecksum(0)
        .setPayloadBytes(bytes)
        .setPayload(ByteBuffer.wrap(payload))
        .build();
  }
}

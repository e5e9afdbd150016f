/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.serve;

import io.meander.avro.AvroEncoding;
import io.meander.avro.FeatureColumn;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.SnapshotCause;
import io.meander.avro.SnapshotMetrics;
import io.meander.bench.Measurement;
import io.meander.models.Answer;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Observation;
import io.meander.models.Reducer;
import io.meander.models.SlotSpec;
import io.meander.serving.EventFeatures;
import io.meander.serving.FollowedModels;
import io.meander.serving.Payloads;
import io.meander.serving.SnapshotException;
import io.meander.serving.http.PredictionServer;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Predictions over HTTP at a fixed rate, whatever the server does (open loop): a request's time
 * counts from when it was due, so that waiting behind a slow one, or for one of the generator's
 * connections, is seen. Server and generator are this process and share its processors. Keys are
 * asked evenly at random; one model in a hundred is learned for itself, the others repeat them.
 */
public final class ServeBenchmark {

  private static final int KEYS = 10_000;
  private static final int DISTINCT = 100;
  private static final int INSTANCES = 500;
  private static final int RATE = 2_000;

  /** Requests on their way at a time, each on a connection that is kept. */
  private static final int CONNECTIONS = 32;

  private static final int OK = 200;
  private static final long MODEL_BYTES = 2L << 30;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LEARNER = "trees.HoeffdingTree -g 50";

  private final Duration warmUp;
  private final Duration measured;

  /**
   * @param quick a few seconds instead of half a minute
   */
  public ServeBenchmark(boolean quick) {
    this.warmUp = Duration.ofSeconds(quick ? 5 : 15);
    this.measured = Duration.ofSeconds(quick ? 10 : 30);
  }

  /** The scenario {@code predict}. */
  public Measurement run()
      throws IOException, SpecException, SnapshotException, InterruptedException {
    PipelineSpec spec = spec();
    FollowedModels models =
        new FollowedModels(
            spec.name(), spec.modelContext(), List.of("ht"), MODEL_BYTES, Payloads.STORES);
    publish(spec, models);
    try (PredictionServer server =
        PredictionServer.start(
            PredictionServer.Options.DEFAULT,
            models,
            new EventFeatures(spec),
            spec.target(),
            spec.serve().decision(),
            Optional::empty)) {
      URI address = URI.create("http://127.0.0.1:" + server.port() + "/v1/predict");
      load(address, warmUp);
      Load load = load(address, measured);
      return measurement(load, models.figures());
    }
  }

  /**
   * @param times nanoseconds from when a request was due to its whole answer
   */
  private record Load(ConcurrentHistogram times, long failed, double seconds) {}

  private static Load load(URI address, Duration length) throws InterruptedException {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    Random random = new Random(7);
    int requests = (int) (length.toSeconds() * RATE);
    List<String> bodies = new ArrayList<>(requests);
    for (int i = 0; i < requests; i++) {
      bodies.add(
          "{\"event\": {\"sensor\": \"k%d\", \"x\": %s, \"y\": %s}}"
              .formatted(random.nextInt(KEYS), random.nextDouble(), random.nextDouble()));
    }
    ConcurrentHistogram times = new ConcurrentHistogram(3);
    LongAdder failed = new LongAdder();
    AtomicInteger next = new AtomicInteger();
    long interval = TimeUnit.SECONDS.toNanos(1) / RATE;
    long start = System.nanoTime();
    Runnable connection =
        () -> {
          for (int i = next.getAndIncrement(); i < requests; i = next.getAndIncrement()) {
            long due = start + i * interval;
            if (isAnswered(client, address, bodies.get(i), due)) {
              times.recordValue(System.nanoTime() - due);
            } else {
              failed.increment();
            }
          }
        };
    List<Thread> connections =
        Stream.generate(() -> new Thread(connection)).limit(CONNECTIONS).toList();
    connections.forEach(Thread::start);
    for (Thread thread : connections) {
      thread.join();
    }
    return new Load(times, failed.sum(), (System.nanoTime() - start) / 1e9);
  }

  private static boolean isAnswered(HttpClient client, URI address, String body, long due) {
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray()).statusCode() == OK;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a connection", e);
    }
  }

  private static Measurement measurement(Load load, FollowedModels.Figures figures) {
    double rate = load.times().getTotalCount() / load.seconds();
    return new Measurement(
        "predict over HTTP",
        "meander",
        LEARNER,
        KEYS,
        1,
        "generated",
        load.times().getTotalCount(),
        1,
        new Measurement.Spread(rate, rate, rate),
        null,
        null,
        null,
        new Measurement.Tail(
            millis(load, 50), millis(load, 99), millis(load, 99.9), millis(load, 100)),
        null,
        Map.of(
            "p50 ms",
            millis(load, 50),
            "p99 ms",
            millis(load, 99),
            "p999 ms",
            millis(load, 99.9),
            "not answered",
            (double) load.failed(),
            "live models",
            (double) figures.liveModels(),
            "live MB",
            figures.liveBytes() / (double) (1 << 20)));
  }

  private static double millis(Load load, double percentile) {
    return load.times().getValueAtPercentile(percentile) / NANOS_PER_MILLI;
  }

  private static PipelineSpec spec() throws IOException, SpecException {
    Path folder = Files.createTempDirectory("meander-bench-serve");
    Path schema = folder.resolve("point.avsc");
    Path yaml = folder.resolve("points.yaml");
    try {
      Files.writeString(
          schema,
          """
          {"type": "record", "name": "Point", "fields": [
            {"name": "sensor", "type": "string"},
            {"name": "x", "type": "double"},
            {"name": "y", "type": "double"},
            {"name": "label", "type": ["null", "string"]}
          ]}
          """);
      Files.writeString(
          yaml,
          """
          name: points
          task: classification
          events: {topic: points, schema: point.avsc, key: [sensor]}
          label: {field: label, classes: ["below", "above"]}
          features: [x, y]
          slots:
            - {id: ht, learner: "%s"}
          """
              .formatted(LEARNER));
      return SpecLoader.load(yaml);
    } finally {
      Files.deleteIfExists(yaml);
      Files.deleteIfExists(schema);
      Files.deleteIfExists(folder);
    }
  }

  private static void publish(PipelineSpec spec, FollowedModels models) throws SnapshotException {
    ModelContext context = spec.modelContext();
    Reducer reducer = new Reducer(context);
    Random random = new Random(1);
    byte[][] payloads = new byte[DISTINCT][];
    for (int i = 0; i < DISTINCT; i++) {
      ModelSet set = new ModelSet("k", spec.target());
      reducer.decideTouched(set, spec.deployment(), 0, 0).forEach(f -> reducer.apply(set, f));
      double slope = random.nextDouble();
      for (int n = 0; n < INSTANCES; n++) {
        double[] point = {random.nextDouble(), random.nextDouble()};
        Observation event = new Observation(n, "e", "k", n, point, 0, new String[0]);
        Answer answer = reducer.answer(set, event);
        int label = slope * point[0] + point[1] > 0.75 ? 1 : 0;
        reducer.apply(set, reducer.decideLabelled(set, point, answer, label, 1));
      }
      payloads[i] = new LearnerCodec(context).write(set.slot("ht"));
    }
    for (int key = 0; key < KEYS; key++) {
      models.take(record(spec, context, "k" + key, payloads[key % DISTINCT]));
    }
  }

  private static byte[] record(
      PipelineSpec spec, ModelContext context, String key, byte[] payload) {
    SlotSpec slot = spec.slots().get(0);
    CRC32C checksum = new CRC32C();
    checksum.update(payload);
    return AvroEncoding.encode(
        ModelSnapshot.newBuilder()
            .setPipeline(spec.name())
            .setKey(key)
            .setSlot(slot.id())
            .setIncarnation(1)
            .setVersion(1)
            .setParentVersion(0)
            .setChampion(slot.id())
            .setCause(SnapshotCause.INSTANCES)
            .setTrainedInstances(INSTANCES)
            .setOffsets(List.of())
            .setPublishedAt(Instant.now())
            .setMetrics(SnapshotMetrics.newBuilder().setInstances(INSTANCES).build())
            .setLearner(slot.learner())
            .setSeed(slot.seed())
            .setMoaVersion(LearnerCodec.MOA_VERSION)
            .setFeatures(
                context.features().columns().stream()
                    .map(
                        column ->
                            new FeatureColumn(column.name(), column.values(), column.declared()))
                    .toList())
            .setFeatureFingerprint(context.fingerprint())
            .setClasses(context.classes())
            .setFormat(LearnerCodec.FORMAT)
            .setChecksum(checksum.getValue())
            .setPayloadBytes(payload.length)
            .setPayload(ByteBuffer.wrap(payload))
            .build());
  }
}

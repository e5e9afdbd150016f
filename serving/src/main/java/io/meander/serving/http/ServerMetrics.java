/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving.http;

import io.meander.serving.FollowedModels;
import io.meander.serving.FollowedUpdates;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/** The server's figures for Prometheus. No figure has a label per key. Thread-safe. */
final class ServerMetrics {

  private static final double[] SECONDS = {
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5
  };
  private static final double NANOS = 1e9;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final Counter requests;
  private final Histogram seconds;

  /**
   * @param ready see {@code /readyz}
   * @param inside requests that are worked on or wait
   */
  ServerMetrics(FollowedModels models, BooleanSupplier ready, IntSupplier inside) {
    requests =
        Counter.builder()
            .name("meander_serve_requests")
            .help("Requests by route and status.")
            .labelNames("route", "status")
            .register(registry);
    seconds =
        Histogram.builder()
            .name("meander_serve_request_seconds")
            .help("From a request's arrival in the server to its answer, waiting included.")
            .labelNames("route")
            .classicOnly()
            .classicUpperBounds(SECONDS)
            .register(registry);
    gauge(
        "ready",
        "1 if all snapshots are read and Kafka answers.",
        () -> ready.getAsBoolean() ? 1 : 0);
    gauge("inside", "Requests that are worked on or wait.", inside::getAsInt);
    gauge("keys", "Keys with a model.", () -> models.figures().keys());
    gauge("models", "Models held.", () -> models.figures().models());
    gauge("held_bytes", "Bytes of the snapshots held.", () -> models.figures().heldBytes());
    gauge("live_models", "Models that are loaded.", () -> models.figures().liveModels());
    gauge(
        "live_bytes", "Estimated bytes of the loaded models.", () -> models.figures().liveBytes());
    counter("snapshots", "Snapshots taken over.", () -> models.figures().taken());
    counter("snapshots_refused", "Snapshots refused.", () -> models.figures().refused());
    counter("loads", "Models loaded.", () -> models.figures().loads());
    models.updates().ifPresent(this::updates);
  }

  private void updates(FollowedUpdates updates) {
    gauge("updates_keys", "Keys that updates tell.", () -> updates.figures().keys());
    gauge(
        "updates_waiting_keys",
        "Keys with a gap in their updates, which wait for an image.",
        () -> updates.figures().waitingKeys());
    gauge("updates_held_bytes", "Bytes of updates held.", () -> updates.figures().heldBytes());
    gauge("updates_live_sets", "Model sets loaded.", () -> updates.figures().liveSets());
    gauge(
        "updates_live_bytes",
        "Estimated bytes of the loaded model sets.",
        () -> updates.figures().liveBytes());
    counter("updates", "Updates taken over.", () -> updates.figures().taken());
    counter("updates_refused", "Updates refused.", () -> updates.figures().refused());
    counter("updates_gaps", "Gaps met in keys' updates.", () -> updates.figures().gaps());
    counter("updates_loads", "Model sets loaded.", () -> updates.figures().loads());
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name("meander_serve_" + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  private void counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name("meander_serve_" + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  /** Counts one request. */
  void answered(String route, int status, long nanos) {
    requests.labelValues(route, Integer.toString(status)).inc();
    seconds.labelValues(route).observe(nanos / NANOS);
  }

  /**
   * A scrape's text.
   *
   * @param body in the format that the client accepts
   */
  record Scrape(String contentType, byte[] body) {}

  Scrape scrape(String acceptOrNull) {
    ExpositionFormatWriter writer = formats.findWriter(acceptOrNull);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writer.write(bytes, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return new Scrape(writer.getContentType(), bytes.toByteArray());
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving.http;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.meander.models.Decision;
import io.meander.models.Target;
import io.meander.serving.EventFeatures;
import io.meander.serving.FollowedModels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of predictions; {@code docs/openapi.yaml} is its contract. Loopback unless told
 * otherwise. Thread-safe.
 */
public final class PredictionServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PredictionServer.class);

  private static final String PREDICT = "/v1/predict";
  private static final String JSON = "application/json";
  private static final String STARTED = "started";

  /** Threads beyond those that work and wait: for turning away, health and metrics. */
  private static final int SPARE_THREADS = 16;

  private static final int PAGE = 1000;
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final Duration IDLE_CONNECTION = Duration.ofMinutes(1);

  private final Options options;
  private final Predictions predictions;
  private final Supplier<Optional<String>> whyNotReady;
  private final WorkQueue queue;
  private final ServerMetrics metrics;
  private final byte[] contract;
  private final Javalin javalin;

  private volatile boolean draining;

  /**
   * @param host address to listen on
   * @param port 0 for any free one
   * @param workers predictions worked on at a time
   * @param places requests that may wait; more are answered with 429
   * @param maxStalenessOrNull models published longer ago are not answered from; null: any age
   * @param maxRequestBytes size of a body
   * @param tokenOrNull bearer token that requests must carry, but for health and readiness
   */
  public record Options(
      String host,
      int port,
      int workers,
      int places,
      Duration maxStalenessOrNull,
      int maxRequestBytes,
      String tokenOrNull) {

    public static final String LOOPBACK = "127.0.0.1";
    public static final int DEFAULT_PLACES = 128;
    public static final int DEFAULT_MAX_REQUEST_BYTES = 1 << 20;

    /** On loopback, any free port, models of any age, no token. */
    public static final Options DEFAULT =
        new Options(
            LOOPBACK,
            0,
            Runtime.getRuntime().availableProcessors(),
            DEFAULT_PLACES,
            null,
            DEFAULT_MAX_REQUEST_BYTES,
            null);

    /** Without the token. */
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /**
   * Starts to serve.
   *
   * @param target what is predicted
   * @param decision which class, of the votes that are served
   * @param whyNotReady asked by {@code /readyz}; empty if it is ready
   * @throws IOException if the port cannot be bound
   */
  public static PredictionServer start(
      Options options,
      FollowedModels models,
      EventFeatures features,
      Target target,
      Decision decision,
      Supplier<Optional<String>> whyNotReady)
      throws IOException {
    PredictionServer server =
        new PredictionServer(options, models, features, target, decision, whyNotReady);
    try {
      server.javalin.start(options.host(), options.port());
    } catch (RuntimeException e) {
      server.javalin.stop();
      throw new IOException("cannot listen on %s: %s".formatted(options, e.getMessage()), e);
    }
    return server;
  }

  private PredictionServer(
      Options options,
      FollowedModels models,
      EventFeatures features,
      Target target,
      Decision decision,
      Supplier<Optional<String>> whyNotReady) {
    this.options = options;
    this.whyNotReady = whyNotReady;
    this.predictions =
        new Predictions(
            models, features, target, decision, options.maxStalenessOrNull(), Clock.systemUTC());
    this.queue = new WorkQueue(options.workers(), options.places());
    this.metrics = new ServerMetrics(models, () -> notReady().isEmpty(), queue::inside);
    this.contract = contract();
    this.javalin = routes(Javalin.create(this::configure));
  }

  private void configure(JavalinConfig config) {
    config.showJavalinBanner = false;
    config.startupWatcherEnabled = false;
    config.http.disableCompression();
    config.http.prefer405over404 = true;
    config.jetty.threadPool =
        new QueuedThreadPool(options.workers() + options.places() + SPARE_THREADS);
    config.jetty.modifyHttpConfiguration(
        http -> {
          http.setSendServerVersion(false);
          http.setIdleTimeout(IDLE_CONNECTION.toMillis());
          // A model key in a path may hold a slash, as %2F.
          http.setUriCompliance(UriCompliance.RFC3986);
        });
  }

  private Javalin routes(Javalin app) {
    app.before(context -> context.attribute(STARTED, System.nanoTime()));
    app.get("/healthz", context -> context.contentType("text/plain").result("ok\n"));
    app.get("/readyz", this::readiness);
    app.post(PREDICT, authorised(this::predict));
    app.get("/v1/models", authorised(this::models));
    app.get("/v1/models/<key>", authorised(this::model));
    app.get("/metrics", authorised(this::scrape));
    app.get(
        "/openapi.yaml",
        authorised(context -> context.contentType("application/yaml").result(contract)));
    app.exception(Problem.class, PredictionServer::problem);
    app.exception(
        HttpResponseException.class,
        (e, context) ->
            problem(new Problem(HttpStatus.forStatus(e.getStatus()), e.getMessage()), context));
    app.exception(
        Exception.class,
        (e, context) -> {
          LOG.error("{} {} failed", context.method(), context.path(), e);
          problem(
              new Problem(HttpStatus.INTERNAL_SERVER_ERROR, "the server's log says why"), context);
        });
    app.after(
        context -> {
          Long started = context.attribute(STARTED);
          String route = context.endpointHandlerPath();
          metrics.answered(
              route == null || route.isEmpty() ? "other" : route,
              context.statusCode(),
              started == null ? 0 : System.nanoTime() - started);
        });
    return app;
  }

  /** Where it listens. */
  public int port() {
    return javalin.port();
  }

  private void predict(Context context) throws Problem {
    String type = context.contentType();
    if (type == null || !type.startsWith(JSON)) {
      throw new Problem(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be " + JSON + ", not " + type);
    }
    byte[] body = body(context);
    context.contentType(JSON).result(queue.run(() -> predictions.answer(body)));
  }

  private byte[] body(Context context) throws Problem {
    try (InputStream in = context.bodyInputStream()) {
      byte[] body = in.readNBytes(options.maxRequestBytes() + 1);
      if (body.length > options.maxRequestBytes()) {
        throw new Problem(
            HttpStatus.CONTENT_TOO_LARGE,
            "a body may have %d bytes: send fewer events at a time"
                .formatted(options.maxRequestBytes()));
      }
      return body;
    } catch (IOException e) {
      throw new Problem(HttpStatus.BAD_REQUEST, "the body ends too early", List.of(), e);
    }
  }

  private void models(Context context) throws Problem {
    String text = context.queryParam("limit");
    int limit = PAGE;
    if (text != null) {
      try {
        limit = Integer.parseInt(text);
      } catch (NumberFormatException e) {
        limit = 0;
      }
      if (limit < 1 || limit > PAGE) {
        throw new Problem(
            HttpStatus.BAD_REQUEST, "limit: found '%s'; allowed: 1 to %d".formatted(text, PAGE));
      }
    }
    context.contentType(JSON).result(predictions.models(context.queryParam("after"), limit));
  }

  private void model(Context context) throws Problem {
    context.contentType(JSON).result(predictions.model(context.pathParam("key")));
  }

  private void scrape(Context context) {
    ServerMetrics.Scrape scrape = metrics.scrape(context.header(Header.ACCEPT));
    context.contentType(scrape.contentType()).result(scrape.body());
  }

  private void readiness(Context context) throws Problem {
    Optional<String> reason = notReady();
    if (reason.isPresent()) {
      throw new Problem(HttpStatus.SERVICE_UNAVAILABLE, reason.get());
    }
    context.contentType("text/plain").result("ready\n");
  }

  private Optional<String> notReady() {
    return draining ? Optional.of("the server is stopping") : whyNotReady.get();
  }

  private Handler authorised(Handler handler) {
    if (options.tokenOrNull() == null) {
      return handler;
    }
    byte[] expected = ("Bearer " + options.tokenOrNull()).getBytes(StandardCharsets.UTF_8);
    return context -> {
      String given = context.header(Header.AUTHORIZATION);
      if (given == null
          || !MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8))) {
        context.header(Header.WWW_AUTHENTICATE, "Bearer");
        throw new Problem(
            HttpStatus.UNAUTHORIZED,
            given == null
                ? "an Authorization header with the server's bearer token is needed"
                : "the bearer token is not the server's");
      }
      handler.handle(context);
    };
  }

  private static void problem(Problem problem, Context context) {
    if (problem.status() == HttpStatus.TOO_MANY_REQUESTS) {
      context.header(Header.RETRY_AFTER, "1");
    }
    context
        .status(problem.status())
        .contentType(Problem.CONTENT_TYPE)
        .result(problem.json().toString());
  }

  private static byte[] contract() {
    try (InputStream in = PredictionServer.class.getResourceAsStream("openapi.yaml")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the OpenAPI document is not in the jar", e);
    }
  }

  /** Takes no more work, lets what is being worked on end, and stops. */
  @Override
  public void close() {
    draining = true;
    long deadline = System.nanoTime() + DRAIN.toNanos();
    try {
      while (queue.inside() > 0 && System.nanoTime() < deadline) {
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    javalin.stop();
  }
}

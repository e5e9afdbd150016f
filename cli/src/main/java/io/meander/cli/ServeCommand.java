/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.features.ModelKey;
import io.meander.serving.EventFeatures;
import io.meander.serving.FollowException;
import io.meander.serving.FollowedModels;
import io.meander.serving.FollowedUpdates;
import io.meander.serving.Payloads;
import io.meander.serving.SnapshotFollower;
import io.meander.serving.http.PredictionServer;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Predictions over HTTP from followed snapshots, until it is stopped. */
@Command(
    name = "serve",
    description = "Answer predictions over HTTP from the models that a pipeline publishes.",
    sortOptions = false,
    footerHeading = "%n",
    footer = {
      "If the environment has MEANDER_SERVE_TOKEN, requests need it as their bearer token,",
      "but for /healthz and /readyz. GET /openapi.yaml says what can be asked."
    })
final class ServeCommand implements Callable<Integer> {

  static final String TOKEN = "MEANDER_SERVE_TOKEN";

  private static final int DEFAULT_PORT = 8090;
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final List<String> LOCAL = List.of("127.0.0.1", "localhost", "::1");
  private static final double DEFAULT_HEAP_SHARE = 0.4;

  @Mixin private SpecFile specFile;
  @Mixin private KafkaAddress kafka;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Where to listen; 0 for any free port (default: ${DEFAULT-VALUE}).")
  private int port = DEFAULT_PORT;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "Where to listen (default: ${DEFAULT-VALUE}, only this machine). There is no TLS: put a"
              + " proxy before anything else.")
  private String host = PredictionServer.Options.LOOPBACK;

  @Option(
      names = "--max-staleness",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description =
          "Refuse to answer from models that were published longer ago, such as 10m (default: any"
              + " age is answered, and told).")
  private Duration maxStaleness;

  @Option(
      names = "--model-memory",
      paramLabel = "SIZE",
      converter = SizeText.class,
      description =
          "What loaded models may take, such as 512MB; the others are held compressed and loaded"
              + " when asked (default: 0.4 of the heap).")
  private Long modelMemory;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Requests worked on at a time (default: ${DEFAULT-VALUE}, the processors).")
  private int workers = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--queue",
      paramLabel = "N",
      description = "Requests that may wait; more are answered 429 (default: ${DEFAULT-VALUE}).")
  private int queue = PredictionServer.Options.DEFAULT_PLACES;

  @Option(
      names = "--max-request",
      paramLabel = "SIZE",
      converter = SizeText.class,
      description = "Size of a request's body (default: 1MB).")
  private long maxRequest = PredictionServer.Options.DEFAULT_MAX_REQUEST_BYTES;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws SpecException, FollowException, IOException, InterruptedException {
    Usage.port(port, "--port", command);
    Usage.atLeast(1, workers, "--workers", command);
    Usage.atLeast(0, queue, "--queue", command);
    if (maxRequest > Integer.MAX_VALUE / 2) {
      throw Usage.wrong(command, "--max-request must be below 1GB");
    }
    PipelineSpec spec = SpecLoader.load(specFile.path());
    RunLog.open(null);
    PrintWriter err = command.commandLine().getErr();
    FollowedModels models =
        FollowedModels.of(
            spec,
            modelMemory != null
                ? modelMemory
                : (long) (DEFAULT_HEAP_SHARE * Runtime.getRuntime().maxMemory()),
            Payloads.STORES);
    try (Closing closing = new Closing(() -> err.println("\nStopping ..."))) {
      SnapshotFollower follower =
          closing.add(
              SnapshotFollower.start(kafka.clientProperties(), spec.topics().snapshots(), models));
      PredictionServer server =
          closing.add(
              PredictionServer.start(
                  options(),
                  models,
                  new EventFeatures(spec),
                  spec.target(),
                  spec.serve().decision(),
                  follower::whyNotReady));
      err.printf("Predictions:    http://%s:%d/v1/predict%n", host, server.port());
      err.println("Contract:       /openapi.yaml (beside it: /v1/models, /metrics, /readyz)");
      err.println("Token:          " + tokenAdvice());
      err.printf(
          "Following '%s'%s at %s. Ctrl-C stops.%n",
          spec.topics().snapshots(),
          spec.snapshots().updates().map(u -> " and '" + u.topic() + "'").orElse(""),
          kafka.bootstrapServers());
      awaitSnapshots(follower, models, spec, err);
      while (!Closing.isSignalled()) {
        Thread.sleep(TICK.toMillis());
      }
    }
    return 0;
  }

  private PredictionServer.Options options() {
    return new PredictionServer.Options(
        host, port, workers, queue, maxStaleness, (int) maxRequest, token());
  }

  private static String token() {
    String token = System.getenv(TOKEN);
    return token == null || token.isBlank() ? null : token.strip();
  }

  private String tokenAdvice() {
    if (token() != null) {
      return "needed, as " + TOKEN + " says";
    }
    return LOCAL.contains(host)
        ? "none; set " + TOKEN + " to need one"
        : "NONE, and others than this machine can ask: set " + TOKEN;
  }

  private static void awaitSnapshots(
      SnapshotFollower follower, FollowedModels models, PipelineSpec spec, PrintWriter err)
      throws InterruptedException {
    while (!follower.awaitCaughtUp(TICK) && !Closing.isSignalled()) {
      err.printf("%,d models read so far ...%n", models.figures().models());
    }
    FollowedModels.Figures figures = models.figures();
    err.printf("Ready: %,d models of %,d keys.%n", figures.models(), figures.keys());
    models
        .updates()
        .map(FollowedUpdates::figures)
        .ifPresent(
            updates ->
                err.printf(
                    "Updates tell %,d keys; %,d wait for an image.%n",
                    updates.keys(), updates.waitingKeys()));
    if (figures.keys() == 0 && !spec.events().key().isEmpty()) {
      err.println("No model was published yet: answers begin with the first.");
    } else if (figures.keys() == 1 && spec.events().key().isEmpty()) {
      err.println(
          "There is one model set for the whole stream, under the key " + ModelKey.WHOLE_STREAM);
    }
  }
}

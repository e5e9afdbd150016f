/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.ModelUpdate;
import io.meander.flink.payloads.PayloadSweep;
import io.meander.models.Predictor;
import io.meander.models.Target;
import io.meander.serving.EventFeatures;
import io.meander.serving.FeatureException;
import io.meander.serving.FollowException;
import io.meander.serving.GivenFeatures;
import io.meander.serving.Payloads;
import io.meander.serving.PublishedModel;
import io.meander.serving.SnapshotException;
import io.meander.spec.Durations;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads published models, from their topic or from files. */
@Command(
    name = "snapshots",
    description = "Look at published models, check them, ask them, on their topic or in files.",
    synopsisSubcommandLabel = "COMMAND")
final class SnapshotsCommand implements Callable<Integer> {

  /** Longer than a transaction may be open, and than checkpoints are usually kept. */
  private static final String DEFAULT_GRACE = "7d";

  /** A broker's longest transaction by default is a quarter of it. */
  private static final Duration LEAST_GRACE = Duration.ofHours(1);

  @Spec private CommandSpec spec;

  /** Output for people or for programs. */
  static final class Format {
    @Option(names = "--json", description = "JSON instead of a table.")
    private boolean json;

    boolean isJson() {
      return json;
    }
  }

  @Override
  public Integer call() {
    spec.commandLine().getErr().println("meander snapshots: which command?");
    spec.commandLine().usage(spec.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }

  @Command(name = "list", description = "The newest snapshot of each key and slot.")
  int list(@Mixin SnapshotSource source, @Mixin Format format)
      throws SpecException, FollowException, IOException {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    TextTable table =
        new TextTable(
            "key", "slot", "version", "cause", "trained", "accuracy", "bytes", "published at");
    for (SnapshotSource.Found found : source.read()) {
      ModelSnapshot s = found.snapshotOrNull();
      if (s == null) {
        err().println(found.name() + " is " + found.problemOrNull());
        continue;
      }
      all.add(SnapshotText.json(s));
      Double accuracy = s.getMetrics().getAccuracy();
      table.add(
          s.getKey(),
          s.getSlot() + (s.getSlot().equals(s.getChampion()) ? "*" : ""),
          Long.toString(s.getVersion()),
          s.getCause().name(),
          "%,d".formatted(s.getTrainedInstances()),
          accuracy == null ? "" : "%.1f".formatted(accuracy),
          "%,d".formatted(s.getPayloadBytes()),
          s.getPublishedAt() == null ? "" : s.getPublishedAt().toString());
    }
    if (format.isJson()) {
      SnapshotText.print(all, out());
    } else {
      table.print(out());
      out().println("* served its key when it was published");
    }
    return 0;
  }

  @Command(name = "show", description = "All that one snapshot says.")
  int show(@Mixin SnapshotSource source, @Mixin Format format)
      throws SpecException, FollowException, IOException {
    ObjectNode json = SnapshotText.json(source.one().snapshotOrNull());
    if (format.isJson()) {
      SnapshotText.print(json, out());
    } else {
      SnapshotText.lines(json, out());
    }
    return 0;
  }

  @Command(name = "get", description = "One snapshot into a file, its payload with it.")
  int get(
      @Mixin SnapshotSource source,
      @Option(names = "--out", paramLabel = "FILE", required = true, description = "The file.")
          Path file)
      throws SpecException, FollowException, IOException, SnapshotException {
    SnapshotSource.Found found = source.one();
    byte[] whole = PublishedModel.withPayload(found.snapshotOrNull());
    Files.write(file, whole);
    err().printf("%s: %,d bytes%n", file, whole.length);
    return 0;
  }

  @Command(
      name = "verify",
      description =
          "Load every snapshot as a follower would: checksum, schema, classes. Exit code 1 if any"
              + " must not be used.")
  int verify(@Mixin SnapshotSource source, @Mixin Format format)
      throws SpecException, FollowException, IOException {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    int bad = 0;
    for (SnapshotSource.Found found : source.read()) {
      String problem = found.problemOrNull();
      if (problem == null) {
        try {
          PublishedModel.of(found.snapshotOrNull());
        } catch (SnapshotException e) {
          problem = e.getMessage();
        }
      }
      bad += problem == null ? 0 : 1;
      all.addObject().put("name", found.name()).put("problem", problem);
      if (!format.isJson()) {
        out()
            .println(
                problem == null
                    ? "good  " + found.name()
                    : "BAD   " + found.name() + ": " + problem);
      }
    }
    if (format.isJson()) {
      SnapshotText.print(all, out());
    } else {
      out().printf("%,d snapshots, %,d must not be used%n", all.size(), bad);
    }
    return bad == 0 ? 0 : 1;
  }

  @Command(
      name = "predict",
      description = "Ask one snapshot, from its features or, with a spec as SOURCE, from an event.")
  int predict(
      @Mixin SnapshotSource source,
      @Option(names = "--event", paramLabel = "JSON", description = "The event's fields.")
          String event,
      @Option(
              names = "--features",
              paramLabel = "JSON",
              description = "Feature columns by name, null for missing.")
          String features)
      throws SpecException, FollowException, IOException, SnapshotException, FeatureException {
    if ((event == null && features == null) || (event != null && !source.isSpec())) {
      throw Usage.wrong(spec, "give --features, or with a spec as SOURCE --event");
    }
    PublishedModel model = PublishedModel.of(source.one().bytes());
    ModelSnapshot snapshot = model.snapshot();
    double[] vector;
    if (source.isSpec()) {
      vector =
          new EventFeatures(source.spec())
              .request(json("--event", event), json("--features", features), snapshot.getKey())
              .under(model.publishedFeatures());
    } else {
      vector = new GivenFeatures(model.features()).vector(json("--features", features));
    }
    Predictor.Vote vote = model.vote(vector);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("key", snapshot.getKey());
    answer.put("slot", snapshot.getSlot());
    answer.put("model_version", snapshot.getVersion());
    Target target = Target.of(snapshot.getTask(), snapshot.getClasses());
    answer.put("predicted", target.text(vote.predicted()));
    ObjectNode votes = answer.putObject("votes");
    target.named(vote.votes()).forEach(votes::put);
    SnapshotText.print(answer, out());
    return 0;
  }

  @Command(
      name = "export",
      description =
          "Snapshots as MLflow model directories, and aliases.json: who is champion and challenger.")
  int export(
      @Mixin SnapshotSource source,
      @Option(
              names = "--mlflow",
              paramLabel = "DIR",
              required = true,
              description = "Where they go; made if missing.")
          Path folder)
      throws SpecException, FollowException, IOException, SnapshotException {
    Directories.writable(folder, "--mlflow");
    MlflowExport export = new MlflowExport(folder);
    int count = 0;
    for (SnapshotSource.Found found : source.read()) {
      if (found.snapshotOrNull() == null) {
        throw new CommandFailure(found.name() + " is " + found.problemOrNull());
      }
      export.write(found.snapshotOrNull());
      count++;
    }
    export.writeAliases();
    err().printf("%s: %,d models%n", folder, count);
    return 0;
  }

  @Command(
      name = "updates",
      description =
          "The update log that snapshots.deltas sends, as it stands on its topic, into an Avro file"
              + " (ModelUpdate records), payloads with it.")
  int updates(
      @Mixin SnapshotSource source,
      @Option(names = "--out", paramLabel = "FILE", required = true, description = "The file.")
          Path file)
      throws SpecException, FollowException, IOException {
    PipelineSpec pipeline = source.spec();
    long[] count = new long[1];
    try (var writer = UpdateSource.write(file)) {
      UpdateSource.read(
          pipeline,
          source.kafka(),
          update -> {
            try {
              writer.append(withPayload(update));
              count[0]++;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    err().printf("%s: %,d updates%n", file, count[0]);
    return 0;
  }

  private static ModelUpdate withPayload(ModelUpdate update) throws IOException {
    if (update.getPayloadUri() != null) {
      byte[] payload =
          Payloads.STORES.of(update.getPayloadUri(), update.getPayload(), update.getPayloadBytes());
      update.setPayload(ByteBuffer.wrap(payload));
      update.setPayloadUri(null);
    }
    return update;
  }

  @Command(
      name = "sweep",
      description =
          "Delete payloads in the spec's snapshots.payloads that no snapshot, no update and no command"
              + " on the topics refers to.")
  int sweep(
      @Mixin SnapshotSource source,
      @Option(
              names = "--grace",
              paramLabel = "DURATION",
              defaultValue = DEFAULT_GRACE,
              converter = DurationText.class,
              description =
                  "Leave alone what was written since: longer than the transaction time-out and"
                      + " the time that checkpoints are kept (default: ${DEFAULT-VALUE}).")
          Duration grace,
      @Option(names = "--dry-run", description = "Say what would go, and delete nothing.")
          boolean dryRun)
      throws SpecException, FollowException, IOException {
    if (grace.compareTo(LEAST_GRACE) < 0) {
      throw Usage.wrong(spec, "--grace must be at least 1h: records may still be in transactions");
    }
    PipelineSpec pipeline = source.spec();
    URI folder =
        pipeline
            .snapshots()
            .payloads()
            .orElseThrow(() -> new CommandFailure("The spec has no snapshots.payloads."));
    Instant moment = Instant.now().minus(grace);
    PayloadSweep sweep = new PayloadSweep(folder, pipeline.name());
    List<PayloadSweep.Found> candidates = sweep.writtenBefore(moment);
    Set<String> referenced = new HashSet<>();
    for (SnapshotSource.Found found : source.all()) {
      if (found.snapshotOrNull() == null) {
        throw new CommandFailure(
            "%s is %s: what it refers to is not known, so nothing was deleted."
                .formatted(found.name(), found.problemOrNull()));
      }
      if (found.snapshotOrNull().getPayloadUri() != null) {
        referenced.add(found.snapshotOrNull().getPayloadUri());
      }
    }
    if (pipeline.snapshots().updates().isPresent()) {
      UpdateSource.read(
          pipeline,
          source.kafka(),
          update -> {
            if (update.getPayloadUri() != null) {
              referenced.add(update.getPayloadUri());
            }
          });
    }
    referenced.addAll(ControlClient.payloads(pipeline, source.kafka()));
    List<PayloadSweep.Found> swept =
        dryRun
            ? sweep.unreferenced(candidates, referenced)
            : sweep.delete(candidates, referenced, moment);
    swept.forEach(payload -> out().println(payload.uri()));
    err()
        .printf(
            "%,d payloads are older than %s, %,d %s (%,d bytes)%n",
            candidates.size(),
            Durations.text(grace),
            swept.size(),
            dryRun ? "would be deleted" : "were deleted",
            swept.stream().mapToLong(PayloadSweep.Found::bytes).sum());
    return 0;
  }

  private JsonNode json(String option, String text) {
    if (text == null) {
      return null;
    }
    try {
      return new JsonMapper().readTree(text);
    } catch (IOException e) {
      throw Usage.wrong(spec, option + " is not JSON: " + e.getMessage());
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}

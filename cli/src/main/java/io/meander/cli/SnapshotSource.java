/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.avro.AvroEncoding;
import io.meander.avro.MalformedEventException;
import io.meander.avro.ModelSnapshot;
import io.meander.features.NearestName;
import io.meander.serving.FollowException;
import io.meander.serving.SnapshotTopic;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where the {@code snapshots} commands find models, and which of them are meant. */
final class SnapshotSource {

  static final String SUFFIX = ".snapshot";

  @Parameters(
      paramLabel = "SOURCE",
      description =
          "A pipeline spec (.yaml): its snapshot topic. Or a .snapshot file, or a folder of them,"
              + " such as backtest's models.")
  private Path source;

  @Mixin private KafkaAddress kafka;

  @Option(names = "--key", paramLabel = "KEY", description = "Only this model key.")
  private String key;

  @Option(names = "--slot", paramLabel = "ID", description = "Only this slot.")
  private String slot;

  private boolean logged;

  /**
   * A record as it was found.
   *
   * @param name file, or record key on the topic
   * @param snapshotOrNull null if the bytes are no snapshot
   * @param problemOrNull why they are none
   */
  record Found(String name, byte[] bytes, ModelSnapshot snapshotOrNull, String problemOrNull) {}

  boolean isSpec() {
    String name = source.getFileName().toString();
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  /**
   * @throws CommandFailure if the source is no spec
   */
  PipelineSpec spec() throws SpecException {
    if (!isSpec()) {
      throw new CommandFailure(source + " is no pipeline spec (.yaml), which this needs.");
    }
    return SpecLoader.load(source);
  }

  KafkaAddress kafka() {
    return kafka;
  }

  /**
   * All that was found and is meant, in the order of names; what is no snapshot is always meant.
   */
  List<Found> read() throws SpecException, FollowException, IOException {
    return all().stream()
        .filter(found -> found.snapshotOrNull() == null || isMeant(found.snapshotOrNull()))
        .toList();
  }

  /** All that was found, whatever key and slot are meant. */
  List<Found> all() throws SpecException, FollowException, IOException {
    if (!logged) {
      RunLog.open(null);
      logged = true;
    }
    List<Found> found = new ArrayList<>();
    for (Map.Entry<String, byte[]> record : bytes().entrySet()) {
      found.add(decoded(record.getKey(), record.getValue()));
    }
    return found;
  }

  /**
   * The one snapshot that is meant.
   *
   * @throws CommandFailure if there is none or more than one
   */
  Found one() throws SpecException, FollowException, IOException {
    List<Found> all = read();
    List<Found> found = all.stream().filter(f -> f.snapshotOrNull() != null).toList();
    if (found.isEmpty()) {
      throw new CommandFailure(
          all.isEmpty()
              ? "%s has no snapshot%s%s%s"
                  .formatted(source, of("key", key), of("slot", slot), suggestion())
              : all.get(0).name() + " is " + all.get(0).problemOrNull());
    }
    if (found.size() > 1) {
      throw new CommandFailure(
          "%s has %d such snapshots, the first of key '%s' and slot '%s': say which with --key and --slot."
              .formatted(
                  source,
                  found.size(),
                  found.get(0).snapshotOrNull().getKey(),
                  found.get(0).snapshotOrNull().getSlot()));
    }
    return found.get(0);
  }

  private String suggestion() throws SpecException, FollowException, IOException {
    if (key == null) {
      return "";
    }
    return NearestName.suggestion(
        key,
        all().stream()
            .filter(found -> found.snapshotOrNull() != null)
            .map(found -> found.snapshotOrNull().getKey())
            .toList());
  }

  private static String of(String what, String value) {
    return value == null ? "" : " of " + what + " '" + value + "'";
  }

  private boolean isMeant(ModelSnapshot snapshot) {
    return (key == null || key.equals(snapshot.getKey()))
        && (slot == null || slot.equals(snapshot.getSlot()));
  }

  private Map<String, byte[]> bytes() throws SpecException, FollowException, IOException {
    if (isSpec()) {
      return SnapshotTopic.newest(kafka.clientProperties(), spec().topics().snapshots());
    }
    Map<String, byte[]> files = new TreeMap<>();
    if (Files.isDirectory(source)) {
      try (Stream<Path> walk = Files.walk(source)) {
        for (Path file : walk.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
          files.put(source.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    } else {
      files.put(source.toString(), Files.readAllBytes(source));
    }
    return files;
  }

  private static Found decoded(String name, byte[] bytes) {
    try {
      return new Found(name, bytes, AvroEncoding.decode(bytes, ModelSnapshot.class), null);
    } catch (MalformedEventException e) {
      return new Found(name, bytes, null, e.getMessage());
    }
  }
}

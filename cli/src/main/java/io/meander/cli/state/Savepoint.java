/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.meander.cli.local.Causes;
import io.meander.features.NearestName;
import io.meander.flink.PipelineUids;
import io.meander.flink.learning.StoredKey;
import io.meander.flink.learning.StoredPipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.runtime.SavepointLoader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * A savepoint or a retained checkpoint of a job of ours, of either form. Reading its keys runs a
 * bounded Flink job in this process.
 */
public final class Savepoint {

  private static final JsonMapper JSON = new JsonMapper();

  private final String path;
  private final CheckpointMetadata metadata;
  private final Path temporary;

  private Savepoint(String path, CheckpointMetadata metadata, Path temporary) {
    this.path = path;
    this.metadata = metadata;
    this.temporary = temporary;
  }

  /** Whose keys are read. */
  public enum Holder {
    /** The operator that answers. */
    LEARNING("learning"),
    /** The one that keys begin from, see {@code parent} in a spec. */
    PARENT("parent");

    private final String operator;

    Holder(String operator) {
      this.operator = operator;
    }
  }

  /**
   * @param path of the folder or of its {@code _metadata}, of this machine or a URI that Flink
   *     reads
   * @param temporary an empty folder, for files while it is read
   * @throws SavepointException if there is none
   */
  public static Savepoint open(String path, Path temporary) throws SavepointException {
    try {
      return new Savepoint(path, SavepointLoader.loadSavepointMetadata(path), temporary);
    } catch (IOException | IllegalArgumentException e) {
      throw new SavepointException(
          ("'%s' is no savepoint or checkpoint: %s. Give the folder that has _metadata in it, as"
                  + " savepoint-... or chk-...")
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /** Number of the checkpoint that it was. */
  public long id() {
    return metadata.getCheckpointId();
  }

  /** The names of the pipelines that it holds state of, in order. */
  public Set<String> pipelines() {
    Set<String> names = new TreeSet<>();
    String end = PipelineUids.of("", Holder.LEARNING.operator);
    for (OperatorState operator : metadata.getOperatorStates()) {
      operator
          .getOperatorUid()
          .filter(uid -> uid.endsWith(end))
          .ifPresent(uid -> names.add(uid.substring(0, uid.length() - end.length())));
    }
    return names;
  }

  /**
   * The pipeline that is meant.
   *
   * @param nameOrNull null: the only one
   * @throws SavepointException if there is no such one, or several
   */
  public String pipeline(String nameOrNull) throws SavepointException {
    Set<String> names = pipelines();
    if (names.isEmpty()) {
      throw new SavepointException(
          "'%s' holds no pipeline of Meander; its operators are %s"
              .formatted(
                  path,
                  metadata.getOperatorStates().stream()
                      .map(operator -> operator.getOperatorUid().orElse("one without a uid"))
                      .sorted()
                      .toList()));
    }
    if (nameOrNull == null && names.size() > 1) {
      throw new SavepointException(
          "'%s' holds the pipelines %s: say which by --pipeline".formatted(path, names));
    }
    if (nameOrNull != null && !names.contains(nameOrNull)) {
      throw new SavepointException(
          "--pipeline: '%s' is not in '%s', which holds %s%s"
              .formatted(nameOrNull, path, names, NearestName.suggestion(nameOrNull, names)));
    }
    return nameOrNull == null ? names.iterator().next() : nameOrNull;
  }

  /** The bytes of each operator's state, by uid, the largest first. */
  public Map<String, Long> bytesByOperator() {
    Map<String, Long> bytes = new LinkedHashMap<>();
    metadata.getOperatorStates().stream()
        .sorted((a, b) -> Long.compare(b.getStateSize(), a.getStateSize()))
        .forEach(
            operator ->
                bytes.merge(
                    operator.getOperatorUid().orElse(operator.getOperatorID().toString()),
                    operator.getStateSize(),
                    Long::sum));
    return bytes;
  }

  /**
   * What it says of the pipeline.
   *
   * @throws SavepointException if it has no such operator, or one of another release
   */
  public StoredPipeline read(String pipeline, Holder holder) throws SavepointException {
    List<OperatorStateHandle> handles = new ArrayList<>();
    OperatorState operator = operator(pipeline, holder);
    operator.getStates().forEach(task -> handles.addAll(task.getManagedOperatorState()));
    ClassLoader classes = Savepoint.class.getClassLoader();
    try (CloseableRegistry registry = new CloseableRegistry();
        OperatorStateBackend states =
            new DefaultOperatorStateBackendBuilder(
                    classes, new ExecutionConfig(), false, handles, registry)
                .build()) {
      List<byte[]> inOrder = new ArrayList<>();
      for (String name : StoredPipeline.STATES) {
        Iterator<byte[]> entries =
            states
                .getUnionListState(
                    new ListStateDescriptor<>(
                        name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO))
                .get()
                .iterator();
        if (!entries.hasNext()) {
          throw new SavepointException(
              "'%s' has no state '%s' of %s: it is of another release"
                  .formatted(path, name, operator.getOperatorUid().orElseThrow()));
        }
        inOrder.add(entries.next());
      }
      return StoredPipeline.read(inOrder);
    } catch (SavepointException e) {
      throw e;
    } catch (Exception e) {
      throw unreadable(e);
    }
  }

  /**
   * Reads keys, in no order.
   *
   * @param pipeline what {@link #read} gave
   * @param only these keys; empty: all
   * @param parallelism of the reading
   * @param each is told every key, on the caller's thread
   */
  public void keys(
      String name,
      StoredPipeline pipeline,
      Holder holder,
      Set<String> only,
      int parallelism,
      Consumer<StoredKey> each)
      throws SavepointException {
    String uid = operator(name, holder).getOperatorUid().orElseThrow();
    try {
      Path lines = Files.createTempDirectory(temporary, "keys");
      StreamExecutionEnvironment env = environment(parallelism);
      SavepointReader.read(env, path)
          .readKeyedState(
              OperatorIdentifier.forUid(uid),
              new KeyReading(pipeline, only, lines.toUri()),
              Types.STRING,
              Types.STRING)
          .sinkTo(new DiscardingSink<>());
      env.execute("state of " + uid);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(lines)) {
        for (Path file : files) {
          try (Stream<String> read = Files.lines(file)) {
            read.forEach(json -> each.accept(parsed(json)));
          }
        }
      }
    } catch (Exception e) {
      throw unreadable(e);
    }
  }

  private static StoredKey parsed(String json) {
    try {
      return JSON.readValue(json, StoredKey.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("what was just written cannot be read", e);
    }
  }

  private OperatorState operator(String pipeline, Holder holder) throws SavepointException {
    String uid = PipelineUids.of(pipeline, holder.operator);
    return metadata.getOperatorStates().stream()
        .filter(operator -> operator.getOperatorUid().filter(uid::equals).isPresent())
        .findAny()
        .orElseThrow(
            () ->
                new SavepointException(
                    "'%s' has no operator '%s': the pipeline has no parent".formatted(path, uid)));
  }

  private StreamExecutionEnvironment environment(int parallelism) {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    // Reads Flink's canonical form as well, and keeps what it reads on disk.
    configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    return StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
  }

  private SavepointException unreadable(Exception e) {
    return new SavepointException(
        "'%s' cannot be read: %s. Is every file of it still there? A checkpoint may share files"
                .formatted(path, Causes.root(e))
            + " with others of its job; a savepoint's folder must be moved whole",
        e);
  }
}

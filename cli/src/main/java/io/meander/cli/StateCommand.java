/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meander.cli.state.Savepoint;
import io.meander.cli.state.SavepointException;
import io.meander.cli.state.StoredKeyList;
import io.meander.features.FeatureSchema;
import io.meander.flink.learning.StoredKey;
import io.meander.flink.learning.StoredKey.StoredSlot;
import io.meander.flink.learning.StoredPipeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists what a savepoint or checkpoint holds. */
@Command(
    name = "state",
    description = {
      "What a savepoint or a retained checkpoint holds: keys, slots, versions, sizes, update logs.",
      "Every key's models are loaded as a job that starts from it would load them, so a key that"
          + " cannot be read is found here first. Nothing is changed; no spec is needed."
    },
    footer = {
      "",
      "Exit code 1 also if a key cannot be read.",
      "",
      "Examples:",
      "  meander state file:///savepoints/savepoint-1a2b3c-0d1e2f",
      "  meander state chk-42 --sort size --limit 10",
      "  meander state chk-42 --key ATL --key ORD --json"
    })
final class StateCommand implements Callable<Integer> {

  private static final int LISTED = 50;

  private static final String[] COLUMNS = {
    "key",
    "labels",
    "image",
    "log facts",
    "log bytes",
    "features",
    "waiting",
    "slot",
    "learner",
    "state",
    "incarnation",
    "trained",
    "version",
    "bytes"
  };

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "PATH",
      description =
          "The folder with _metadata in it, of this machine or a URI such as file:///... or"
              + " s3://... for which Flink has a file system.")
  private String path;

  @Option(
      names = "--pipeline",
      paramLabel = "NAME",
      description = "Which one, where a job has several.")
  private String name;

  @Option(
      names = "--parents",
      description = "The parents that keys begin from, in place of the keys.")
  private boolean parents;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "This key only; may be repeated. Parts of a key are joined by |.")
  private final Set<String> keys = new LinkedHashSet<>();

  @Option(
      names = "--sort",
      paramLabel = "ORDER",
      defaultValue = "key",
      description =
          "What the list begins with: ${COMPLETION-CANDIDATES}; the largest, but for key."
              + " ${DEFAULT-VALUE} unless told.")
  private StoredKeyList.Sort sort;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "So many keys are listed; 0: all. Left out, 50, and all as JSON.")
  private Integer limit;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Tasks that read; the processors unless told.")
  private int parallelism = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "JSON instead of tables.")
  private boolean json;

  @Override
  public Integer call() throws SavepointException, IOException {
    Usage.parallelism(parallelism, command);
    if (limit != null) {
      Usage.atLeast(0, limit, "--limit", command);
    }
    try (var temporary = new Directories.Temporary()) {
      return show(Savepoint.open(path, temporary.path()));
    }
  }

  private int show(Savepoint savepoint) throws SavepointException, IOException {
    String pipeline = savepoint.pipeline(name);
    Savepoint.Holder holder = parents ? Savepoint.Holder.PARENT : Savepoint.Holder.LEARNING;
    StoredPipeline stored = savepoint.read(pipeline, holder);
    int most = limit == null ? (json ? 0 : LISTED) : limit;
    StoredKeyList list = new StoredKeyList(sort, most);
    Set<String> missing = new LinkedHashSet<>(keys);
    savepoint.keys(
        pipeline,
        stored,
        holder,
        keys,
        parallelism,
        key -> {
          list.add(key);
          missing.remove(key.key());
        });
    if (json) {
      out().println(json(savepoint, pipeline, stored, list));
    } else {
      text(savepoint, pipeline, stored, list);
    }
    PrintWriter err = command.commandLine().getErr();
    missing.forEach(key -> err.println("meander: --key: it has no key '" + key + "'"));
    if (list.total().unreadable() > 0) {
      err.printf("meander: %,d keys cannot be read%n", list.total().unreadable());
    }
    return missing.isEmpty() && list.total().unreadable() == 0 ? 0 : 1;
  }

  private String json(
      Savepoint savepoint, String pipeline, StoredPipeline stored, StoredKeyList list)
      throws IOException {
    ObjectNode all = JSON.createObjectNode();
    all.put("path", path).put("checkpoint_id", savepoint.id()).put("pipeline", pipeline);
    savepoint.pipelines().forEach(all.putArray("pipelines")::add);
    all.put("task", stored.task());
    stored.classes().forEach(all.putArray("classes")::add);
    stored.keyFields().forEach(all.putArray("key_fields")::add);
    all.put("labels", stored.labels()).put("from_files", stored.isFromFiles());
    all.put("generation", stored.deployment().generation());
    all.put("learning_version", stored.learningVersion()).put("moa_version", stored.moaVersion());
    stored
        .layout()
        .schemas()
        .forEach(schema -> all.withArray("feature_fingerprints").add(schema.fingerprint()));
    savepoint.bytesByOperator().forEach(all.putObject("operator_bytes")::put);
    all.set("total", JSON.valueToTree(list.total()));
    all.set("keys", JSON.valueToTree(list.listed()));
    return JSON.writeValueAsString(all);
  }

  private void text(
      Savepoint savepoint, String pipeline, StoredPipeline stored, StoredKeyList list) {
    PrintWriter out = out();
    StoredKeyList.Total total = list.total();
    out.printf("%s, checkpoint %,d%n", path, savepoint.id());
    out.printf(
        "pipeline %s: %s%s, keyed by %s, labels %s%s%n",
        pipeline,
        stored.task(),
        stored.classes().isEmpty() ? "" : " of " + String.join(", ", stored.classes()),
        stored.keyFields().isEmpty() ? "nothing" : String.join(", ", stored.keyFields()),
        stored.labels(),
        stored.isFromFiles() ? "; left by a run over files" : "");
    out.printf(
        "generation %,d, MOA %s, learning version %d, features %s%n",
        stored.deployment().generation(),
        stored.moaVersion(),
        stored.learningVersion(),
        stored.layout().schemas().stream()
            .map(FeatureSchema::fingerprint)
            .distinct()
            .collect(Collectors.joining(", ")));
    out.println();
    TextTable sizes = new TextTable("of all keys", "number", "bytes");
    sizes.add("keys", number(total.keys()), number(total.bytes()));
    sizes.add("slots", number(total.slots()), "");
    sizes.add("images", number(total.images()), number(total.imageBytes()));
    sizes.add("facts in logs", number(total.logFacts()), number(total.logBytes()));
    sizes.add("features", "", number(total.featureBytes()));
    sizes.add("kept versions", number(total.versions()), number(total.versionBytes()));
    sizes.add("remembered events", number(total.remembered()), number(total.rememberedBytes()));
    sizes.add("waiting for a label", number(total.waiting()), "");
    sizes.add("early labels", number(total.early()), "");
    sizes.print(out);
    out.println();
    TextTable table = new TextTable(COLUMNS);
    for (StoredKey key : list.listed()) {
      rows(key, table);
    }
    table.print(out);
    long more = total.keys() - list.listed().size();
    out.println("* serves its key");
    if (more > 0) {
      out.printf("%,d more keys: --limit 0 lists all, --key one%n", more);
    }
  }

  private static void rows(StoredKey key, TextTable table) {
    List<String> first =
        List.of(
            key.key(),
            number(key.labels()),
            number(key.imageBytes()),
            number(key.logFacts()),
            number(key.logBytes()),
            number(key.featureBytes()),
            number(key.waiting()));
    if (key.problem() != null) {
      row(first, List.of("UNREADABLE: " + key.problem(), "", "", "", "", "", ""), table);
    }
    List<String> of = first;
    for (StoredSlot slot : key.slots()) {
      row(
          of,
          List.of(
              slot.id() + (slot.serves() ? "*" : ""),
              slot.learner(),
              slot.state(),
              number(slot.incarnation()),
              number(slot.trained()),
              number(slot.version()),
              number(slot.bytes())),
          table);
      of = List.of(key.key(), "", "", "", "", "", "");
    }
  }

  private static void row(List<String> key, List<String> slot, TextTable table) {
    table.add(Stream.concat(key.stream(), slot.stream()).toArray(String[]::new));
  }

  private static String number(long value) {
    return "%,d".formatted(value);
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}

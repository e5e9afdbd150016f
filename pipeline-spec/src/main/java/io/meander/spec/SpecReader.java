/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import com.fasterxml.jackson.databind.JsonNode;
import io.meander.features.FeatureSpec;
import io.meander.features.FeatureTransform;
import io.meander.features.MissingPolicy;
import io.meander.models.Decision;
import io.meander.models.DriftPolicies;
import io.meander.models.FrozenTwin;
import io.meander.models.ServePolicy;
import io.meander.models.SizeLimit;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/**
 * Makes a spec of a document: fills in defaults and checks fields against each other, against the
 * event schema and against MOA. What does not fit the JSON Schema is passed over, so that all
 * errors come together. Used once.
 */
final class SpecReader {

  private final String yaml;
  private final Problems problems;
  private final SpecNode root;

  /**
   * @param errors what the JSON Schema's check found
   */
  SpecReader(String yaml, JsonNode document, List<SpecError> errors) {
    this.yaml = yaml;
    this.problems = new Problems(errors);
    this.root = SpecNode.root(document, problems);
  }

  /**
   * @param files reads the schema that the spec names
   * @throws SpecException if anything is wrong, with all that is
   */
  PipelineSpec read(SchemaSource files, FileSchema fileOrNull) throws SpecException {
    String name = root.at("name").text().orElse("");
    EventsReader events = new EventsReader(root.at("events"));
    PipelineSpec.Topics topics = new TopicsReader(root, name).read();
    Task task = task();
    SlotsReader slotsReader = new SlotsReader(root.at("slots"), task);
    List<SlotSpec> slots = slotsReader.read();
    AnomalyReader anomalies = new AnomalyReader(root, task);
    anomalies.refuse();
    ServeReader serving = new ServeReader(root, task);
    ServePolicy serve = serving.policy(slots);
    String champion = serving.champion(serve, slots);
    Map<String, SizeLimit> limits = slotsReader.limits();
    PoliciesReader policies = new PoliciesReader(root);
    DriftPolicies drift = new DriftReader(root, task).read();
    boolean timed = fileOrNull == null || root.at("events").at("time").isPresent();
    List<FrozenTwin> twins = FrozenTwin.declared(policies.frozen(timed));
    Duration expireAfter = policies.expireAfter(timed);
    Optional<Schema> schema = events.schema(files, fileOrNull);
    SpecNode labelNode = root.at("label");
    boolean topical = labelNode.at("topic").text().isPresent();
    Optional<Schema> labelSchema =
        topical ? EventsReader.labelSchema(labelNode, files, fileOrNull) : Optional.empty();
    if (schema.isEmpty() || (topical && labelSchema.isEmpty())) {
      problems.throwIfAny();
    }
    EventFields fields = new EventFields(schema.orElseThrow());
    PipelineSpec.Events read = events.read(name, fields);
    PipelineSpec.Label label =
        new LabelReader(
                labelNode,
                fields,
                labelSchema.orElse(null),
                read,
                fileOrNull != null,
                task,
                anomalies.learns())
            .read();
    Decision threshold = anomalies.threshold();
    events.checkKey(label);
    if (label != null) {
      slotsReader.checkClasses(label.classes().size());
      serve =
          serve.deciding(
              task == Task.ANOMALY
                  ? threshold
                  : new DecisionReader(root.at("serve"), label.classes()).read());
    }
    PipelineSpec.Snapshots snapshots = policies.snapshots(name);
    PipelineSpec.Evaluation evaluation = policies.evaluation(fields);
    PipelineSpec.Weight weight =
        new WeightReader(root.at("weight"), fields)
            .read(label == null ? List.of() : label.classes(), task);
    PipelineSpec.Parent parent = new ParentReader(root.at("parent")).read(read.key());
    List<FeatureSpec> features = features(fields, read, label, weight, fileOrNull);
    MissingPolicy missing = missing();
    FeatureWatchReader watches = new FeatureWatchReader(root);
    boolean featuresKnown = label != null && !features.isEmpty() && !problems.touch("features");
    drift =
        featuresKnown
            ? drift.watching(
                watches.read(
                    FeatureTransform.compile(features, fields.schema(), missing).schema(), missing))
            : drift;
    problems.throwIfAny();
    return new PipelineSpec(
        yaml,
        name,
        read,
        label,
        features,
        slots,
        limits,
        champion,
        drift,
        twins,
        snapshots,
        policies.recovery(),
        expireAfter,
        evaluation,
        topics,
        policies.predictions(),
        missing,
        weight,
        serve,
        parent);
  }

  private MissingPolicy missing() {
    return MissingPolicy.valueOf(root.at("missing").text().orElse("keep").toUpperCase(Locale.ROOT));
  }

  private Task task() {
    String text = root.at("task").text().orElse("");
    return Stream.of(Task.REGRESSION, Task.ANOMALY)
        .filter(task -> task.text().equals(text))
        .findFirst()
        .orElse(Task.CLASSIFICATION);
  }

  private List<FeatureSpec> features(
      EventFields fields,
      PipelineSpec.Events events,
      PipelineSpec.Label labelOrNull,
      PipelineSpec.Weight weight,
      FileSchema fileOrNull) {
    SpecNode features = root.at("features");
    boolean defaults = !features.json().isArray();
    // The default features are the fields that are left, so all the others have to be known.
    if (labelOrNull == null
        || (defaults
            && (problems.touch("events")
                || problems.touch("label")
                || problems.touch("weight.field")))
        || problems.unusable(features.path())) {
      return List.of();
    }
    boolean keyAsFeature =
        root.at("key-as-feature").flag(fileOrNull != null && fileOrNull.keyAsFeature());
    FeaturesReader reader =
        new FeaturesReader(features, fields, events, labelOrNull, weight.fieldOrNull());
    List<FeatureSpec> read = reader.read(keyAsFeature);
    if (!problems.touch(features.path())) {
      reader.checkBudget(read, root.at("features-budget"), missing());
    }
    return read;
  }
}

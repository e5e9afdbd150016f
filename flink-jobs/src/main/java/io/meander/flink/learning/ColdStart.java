/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FeatureSchema;
import io.meander.models.Answer;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Observation;
import io.meander.models.ParentModel;
import io.meander.models.ParentModels;
import io.meander.spec.PipelineSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets parents answer for keys that have learned nothing yet, and has such a key begin with its
 * parent's models at its first label. Every task holds the newest models of all parents, and all
 * tasks the same ones at a barrier, so that one of them stores them for all. Called on the task's
 * thread.
 */
final class ColdStart {

  private static final Logger LOG = LoggerFactory.getLogger(ColdStart.class);

  private final PipelineSpec.Parent parent;
  private final int tasks;
  private final boolean stores;
  private final ParentModels models;
  private final ListState<byte[]> stored;
  private final Counter answers;
  private final Counter copied;
  private final Map<ParentModels.Unfit, Counter> fresh = new EnumMap<>(ParentModels.Unfit.class);

  /**
   * @param index of this task among {@code tasks}
   */
  ColdStart(
      PipelineSpec.Parent parent,
      ModelContext context,
      int index,
      int tasks,
      ListState<byte[]> stored,
      MetricGroup metrics)
      throws Exception {
    this.parent = parent;
    this.tasks = tasks;
    this.stores = index == 0;
    this.models = new ParentModels(context);
    this.stored = stored;
    this.answers = metrics.counter("answersByParent");
    this.copied = metrics.counter("keysBornFromParent");
    fresh.put(ParentModels.Unfit.NO_SNAPSHOT, metrics.counter("keysBornFreshNoSnapshot"));
    fresh.put(ParentModels.Unfit.OTHER_LEARNER, metrics.counter("keysBornFreshOtherLearner"));
    fresh.put(ParentModels.Unfit.OTHER_CLASSES, metrics.counter("keysBornFreshOtherClasses"));
    fresh.put(ParentModels.Unfit.UNREADABLE, metrics.counter("keysBornFreshUnreadable"));
    metrics.gauge("parentBytes", models::bytes);
    for (byte[] bytes : stored.get()) {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
        models.take(ParentModel.read(in));
      }
    }
  }

  /** Names and type are wire format. */
  static ListState<byte[]> state(StateInitializationContext context) throws Exception {
    return context
        .getOperatorStateStore()
        .getUnionListState(
            new ListStateDescriptor<>(
                "parents", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  /** A parent has published. */
  void take(ParentModel model) {
    if (model.tasks() != tasks) {
      throw new IllegalStateException(
          "a parent's model was sent to %d tasks, but the operator 'learning' has %d: give it and"
                  .formatted(model.tasks(), tasks)
              + " the operator 'parent' the same parallelism");
    }
    models.take(model);
  }

  /** The parent's answer to an event of a key that has learned nothing; null if it has none. */
  Answer answerOrNull(ModelSet set, Observation event) {
    String key = parent.of(set.key());
    if (set.labels() > 0 || models.unfitOrNull(key, set) != null) {
      return null;
    }
    answers.inc();
    return models.answer(key, set, event);
  }

  /** The schema that the parent's model learns under, whose answer was given. */
  FeatureSchema features(String key, String slot) {
    return models.features(key, slot);
  }

  /** Before a key learns its first label. */
  void born(KeyedModels keyed, LiveModels.Entry entry) {
    String key = parent.of(entry.set.key());
    ParentModels.Unfit unfit = models.unfitOrNull(key, entry.set);
    if (unfit == null) {
      keyed.copy(entry, models.copies(key, entry.set));
      copied.inc();
      return;
    }
    fresh.get(unfit).inc();
    if (unfit != ParentModels.Unfit.NO_SNAPSHOT) {
      LOG.warn("key '{}' begins fresh, parent '{}' does not fit: {}", entry.set.key(), key, unfit);
    }
  }

  void store() throws Exception {
    List<byte[]> all = new ArrayList<>();
    if (stores) {
      for (ParentModel model : models.all()) {
        all.add(bytes(model));
      }
    }
    stored.update(all);
  }

  private static byte[] bytes(ParentModel model) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(model.payload().length + 256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      model.write(out);
    }
    return bytes.toByteArray();
  }
}

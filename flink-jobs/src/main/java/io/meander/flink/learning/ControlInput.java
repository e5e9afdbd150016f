/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.Deployment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * What one learning task was told by the gate: the deployment, of which the highest generation
 * holds however they come, and the seals that are not done; and what the spec declared before the
 * gate told anything, see {@link Declared}. Every task writes all and reads those of all tasks, so
 * that any number of tasks goes on from them; a seal that one of them had not done is done again by
 * all.
 */
final class ControlInput {

  static final String DEPLOYMENT = "deployment";

  private final Declared declared;
  private final ListState<byte[]> storedDeclared;
  private final ListState<byte[]> storedDeployment;
  private final ListState<byte[]> storedSeals;
  private final Map<String, ControlMessage.Question> seals = new LinkedHashMap<>();
  private Deployment deployment;
  private boolean redeclared;

  /**
   * @param declared by the spec that the job starts with
   */
  ControlInput(Declared declared, StateInitializationContext context) throws Exception {
    this.declared = declared;
    deployment = declared.deployment();
    storedDeclared = union("declared", context);
    storedDeployment = union(DEPLOYMENT, context);
    storedSeals = union("seals", context);
    Deployment newest = null;
    for (byte[] stored : storedDeployment.get()) {
      Deployment candidate = DeploymentCodec.read(stored);
      if (newest == null || candidate.generation() > newest.generation()) {
        newest = candidate;
      }
    }
    if (newest != null) {
      Declared before = Declared.read(storedDeclared.get().iterator().next()); // all are the same
      redeclared = !declared.equals(before);
      deployment = declared.onto(before, newest);
    }
    for (byte[] stored : storedSeals.get()) {
      begin(ControlMessage.Question.of(stored));
    }
  }

  private static ListState<byte[]> union(String name, StateInitializationContext context)
      throws Exception {
    return context
        .getOperatorStateStore()
        .getUnionListState(
            new ListStateDescriptor<>(name, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  /** Whether the spec declares something else than that of the job before. */
  boolean isRedeclared() {
    return redeclared;
  }

  Deployment deployment() {
    return deployment;
  }

  /** Whether the deployment is newer than the one so far, which it then replaces. */
  boolean adopt(Deployment candidate) {
    if (candidate.generation() <= deployment.generation()) {
      return false;
    }
    deployment = candidate;
    return true;
  }

  void begin(ControlMessage.Question seal) {
    seals.put(seal.decoded().getCommandId(), seal);
  }

  boolean isSealing() {
    return !seals.isEmpty();
  }

  /** Seals that were begun; they are done now. */
  List<ControlMessage.Question> done() {
    List<ControlMessage.Question> done = new ArrayList<>(seals.values());
    seals.clear();
    return done;
  }

  void store() throws Exception {
    storedDeclared.update(List.of(declared.write()));
    storedDeployment.update(List.of(DeploymentCodec.write(deployment)));
    List<byte[]> open = new ArrayList<>();
    for (ControlMessage.Question seal : seals.values()) {
      open.add(seal.toBytes());
    }
    storedSeals.update(open);
  }
}

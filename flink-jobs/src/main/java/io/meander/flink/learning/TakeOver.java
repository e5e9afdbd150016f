/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.flink.RefusedStateException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;

/**
 * Whether a job can go on from what an earlier one stored: it compares the {@link StateTerms} of
 * both, and refuses with the reasons. A refusal fails the job at once and for good: a restart would
 * find the same. Union list state {@code terms}, which one task writes; name and type are wire
 * format.
 */
final class TakeOver {

  static final String TERMS = "terms";

  private final ListState<byte[]> stored;
  private final StateTerms terms;
  private boolean fromFiles;

  /**
   * @param present of the job that starts
   * @param logs whether any key has an update log
   * @throws SuppressRestartsException if the state cannot be taken over
   */
  TakeOver(StateTerms present, StateInitializationContext context, BooleanSupplier logs)
      throws Exception {
    stored =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>(
                    TERMS, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    terms = present;
    for (byte[] bytes : stored.get()) {
      StateTerms before = StateTerms.read(bytes);
      List<String> reasons =
          present.refusals(
              before, before.learningVersion() != present.learningVersion() && logs.getAsBoolean());
      if (!reasons.isEmpty()) {
        throw RefusedStateException.refused(reasons);
      }
      fromFiles = before.fromFiles() && !present.fromFiles();
    }
  }

  /**
   * The gate of a job over Kafka numbers generations from the spec on, and a run over files has
   * none whose numbers it could go on from.
   *
   * @param redeclared whether the spec declares other slots or policies than that of the job before
   * @throws SuppressRestartsException if it does, and that was a run over files
   */
  void checkDeclared(boolean redeclared) {
    if (fromFiles && redeclared) {
      throw RefusedStateException.refused(
          List.of(
              "it is what a run over files left, and the spec has other features, slots or policies"
                  + " than that run's: go on with the same ones, and change them in a restart from"
                  + " the next savepoint or by 'meander control deploy'"));
    }
  }

  /** Those that the state is under from now on. */
  StateTerms terms() {
    return terms;
  }

  /**
   * @param index of this task: the first one stores for all
   */
  void store(int index) throws Exception {
    stored.update(index == 0 ? List.of(terms.write()) : List.of());
  }
}

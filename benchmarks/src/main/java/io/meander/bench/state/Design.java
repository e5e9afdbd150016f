/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import io.meander.models.Observation;

/** One way of keeping models, to be measured beside the others. Used by one thread. */
interface Design extends AutoCloseable {

  /** As results name it. */
  String name();

  /** Answers an event, scores the answer, watches the error, learns. */
  void learn(Observation event) throws Exception;

  @Override
  void close();

  /** A checkpoint, as Flink would take it of the task. */
  Barrier checkpoint() throws Exception;

  /**
   * What a checkpoint cost.
   *
   * @param stallNanos between the last event before the barrier and the barrier
   * @param uploadedBytes that the checkpoint does not share with the one before
   */
  record Barrier(long stallNanos, long uploadedBytes) {}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.spec.PipelineSpec;

/**
 * The uids of a pipeline's operators, by which a savepoint's state finds them again: never changed.
 * They begin with the pipeline's name, so that pipelines can share a job, join one that runs
 * already and leave it.
 */
public final class PipelineUids {

  private PipelineUids() {}

  /** Of one of the pipeline's operators. */
  public static String of(PipelineSpec spec, String operator) {
    return of(spec.name(), operator);
  }

  /** Likewise, by the pipeline's name. */
  public static String of(String pipeline, String operator) {
    return pipeline + "/" + operator;
  }

  /**
   * Of a topic's source, which all pipelines of a job that read the topic share. No pipeline's name
   * has a colon, so it is never another's.
   */
  public static String ofSource(String topic) {
    return "topic:" + topic;
  }
}

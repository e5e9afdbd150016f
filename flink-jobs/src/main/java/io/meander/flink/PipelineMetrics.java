/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import java.util.Locale;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/** Where a pipeline's own metrics are: {@code meander.<pipeline>} in each operator's scope. */
public final class PipelineMetrics {

  private PipelineMetrics() {}

  /** A pipeline's group in an operator's. */
  public static MetricGroup of(MetricGroup operator, String pipeline) {
    return operator.addGroup("meander", pipeline);
  }

  /**
   * A counter that the web UI shows among the job's accumulators too. A metric begins at 0 with
   * each attempt of a task, as the accumulator does.
   *
   * @param accumulator name of the accumulator, which the chained operators of a task share
   */
  public static Counter shown(
      MetricGroup metrics, String name, RuntimeContext context, String accumulator) {
    return metrics.counter(name, new Shown(context.getLongCounter(accumulator)));
  }

  /** A constant's name as metrics are named: {@code NO_ROOM} is {@code noRoom}. */
  public static String camelCase(String words) {
    StringBuilder name = new StringBuilder(words.length());
    for (String word : words.toLowerCase(Locale.ROOT).split("_", -1)) {
      name.append(
          name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return name.toString();
  }

  /** Counts both; the task's thread alone adds. */
  private static final class Shown extends SimpleCounter {

    private final LongCounter accumulator;

    Shown(LongCounter accumulator) {
      this.accumulator = accumulator;
    }

    @Override
    public void inc() {
      super.inc();
      accumulator.add(1L);
    }

    @Override
    public void inc(long n) {
      super.inc(n);
      accumulator.add(n);
    }
  }
}

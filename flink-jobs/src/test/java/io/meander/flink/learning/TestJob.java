/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.avro.ModelSnapshot;
import io.meander.spec.PipelineSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/**
 * The tasks of the learning operator, of one life and parallelism after another. What it has not
 * checkpointed is lost when it starts again.
 */
final class TestJob implements AutoCloseable {

  private final PipelineSpec spec;
  private final LearningOptions options;
  private List<TestTask> tasks = List.of();
  private OperatorSubtaskState lastOrNull;
  private int lastParallelism = 1;

  /** Has no task before it is {@linkplain #start started}. */
  TestJob(PipelineSpec spec, LearningOptions options) {
    this.spec = spec;
    this.options = options;
  }

  /** Which of so many tasks has a key. */
  static int taskOf(String key, int parallelism) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
        key, TestTask.MAX_PARALLELISM, parallelism);
  }

  /** What one stage of so many handles of all there is, in equal parts. */
  static <T> List<T> part(List<T> all, int stage, int stages) {
    return all.subList(all.size() * stage / stages, all.size() * (stage + 1) / stages);
  }

  /** So many tasks, in place of those there are, with the state of the last checkpoint. */
  void start(int parallelism) throws Exception {
    close();
    tasks = new ArrayList<>();
    for (int i = 0; i < parallelism; i++) {
      tasks.add(TestTask.restore(spec, options, parallelism, i, lastOrNull, lastParallelism));
    }
  }

  List<TestTask> tasks() {
    return tasks;
  }

  /** The task that has a key. */
  TestTask task(String key) {
    return tasks.get(taskOf(key, tasks.size()));
  }

  /** A checkpoint of all tasks, from which the job starts next. */
  void checkpoint(long id) throws Exception {
    OperatorSubtaskState[] states = new OperatorSubtaskState[tasks.size()];
    for (int i = 0; i < states.length; i++) {
      states[i] = tasks.get(i).checkpoint(id);
    }
    lastOrNull = AbstractStreamOperatorTestHarness.repackageState(states);
    lastParallelism = states.length;
  }

  /** The end of the events: all that was ever published in this life, task after task. */
  List<ModelSnapshot> end() throws Exception {
    List<ModelSnapshot> published = new ArrayList<>();
    for (TestTask task : tasks) {
      task.endOfEvents();
      published.addAll(task.snapshots());
    }
    return published;
  }

  @Override
  public void close() {
    tasks.forEach(TestTask::close);
    tasks = List.of();
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

/**
 * What a child JVM is asked: one line of text.
 *
 * @param columns of the stream
 * @param instances how many are learned
 * @param file where the trace is written by {@link Action#LEARN}, else read
 */
record ContractQuestion(
    Action action, String optionString, Task task, int columns, int instances, String file) {

  enum Action {
    LEARN,
    GO_ON,
    GO_ON_FROM_EACH_IMAGE,
    MEASURE
  }

  static ContractQuestion parse(String line) {
    String[] parts = line.split("\t", -1);
    return new ContractQuestion(
        Action.valueOf(parts[0]),
        parts[1],
        Task.valueOf(parts[2]),
        Integer.parseInt(parts[3]),
        Integer.parseInt(parts[4]),
        parts[5]);
  }

  String line() {
    return String.join(
        "\t",
        action.name(),
        optionString,
        task.name(),
        Integer.toString(columns),
        Integer.toString(instances),
        file);
  }
}

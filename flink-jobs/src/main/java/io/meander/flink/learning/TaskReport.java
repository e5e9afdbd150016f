/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

/**
 * One learning task's part of the answer to a question of the gate.
 *
 * @param task index of the task
 * @param tasks how many there are, each of which reports
 * @param live keys whose models are on the heap
 * @param unreconciled those of them that are behind the deployment
 * @param sealed keys whose images were written, for {@link ControlMessage.Question.Kind#SEAL}
 */
public record TaskReport(
    ControlMessage.Question question,
    int task,
    int tasks,
    long live,
    long unreconciled,
    long sealed) {}

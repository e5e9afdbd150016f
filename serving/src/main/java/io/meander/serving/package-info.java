/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Answers outside the job: published snapshots in any JVM. May import pipeline-spec and below and
 * kafka-clients; never Flink.
 */
package io.meander.serving;

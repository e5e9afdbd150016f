/* SPDX-License-Identifier: GPL-3.0-or-later */

/**
 * Savepoints and checkpoints looked at without the job: Flink's State Processor API with {@code
 * io.meander.flink.learning}'s reading of the bytes.
 */
package io.meander.cli.state;

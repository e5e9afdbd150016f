/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Payloads of snapshots that are too large for a record, in the file systems that Flink has. May
 * import the spec and Flink.
 */
package io.meander.flink.payloads;

/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What a run was worth: the files of a result directory, and figures while it goes on. May import
 * flink-jobs and below, and Flink's sink interfaces.
 */
package io.meander.cli.report;

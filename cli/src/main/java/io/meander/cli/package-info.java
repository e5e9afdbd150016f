/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The {@code meander} command: arguments in, exit code out (0 done, 1 failed, 2 wrong usage).
 * Results go to standard output, progress and errors to standard error, logs to a file.
 *
 * <p>May see all modules but benchmarks; nothing else sees it.
 */
package io.meander.cli;

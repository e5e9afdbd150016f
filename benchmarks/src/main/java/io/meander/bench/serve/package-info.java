/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What serving outside the job costs. */
package io.meander.bench.serve;

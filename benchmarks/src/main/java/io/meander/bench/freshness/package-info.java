/* SPDX-License-Identifier: GPL-3.0-or-later */
/** How long an event takes until models that learned it answer outside the job. */
package io.meander.bench.freshness;

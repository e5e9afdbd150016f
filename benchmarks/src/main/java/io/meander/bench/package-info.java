/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Benchmarks: what Meander costs beside plain MOA, in the same run. May import every module but
 * cli; MOA's types only as the plain side of a comparison.
 */
package io.meander.bench;

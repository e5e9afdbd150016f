/* SPDX-License-Identifier: GPL-3.0-or-later */
/** What features cost an event and a key. */
package io.meander.bench.features;

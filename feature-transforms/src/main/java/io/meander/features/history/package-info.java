/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * What features keep of a key's past, one {@link io.meander.features.history.History} per feature
 * and key. Plain Java: no Avro, no Flink, no MOA.
 */
package io.meander.features.history;

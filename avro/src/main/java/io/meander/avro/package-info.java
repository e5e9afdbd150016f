/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * The contracts: records on Kafka topics, generated from {@code src/main/avro}, and how they and
 * user events become bytes and back. May import Avro only.
 */
package io.meander.avro;

/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * RocksDB set up for model state: few large values, the images of model sets, beside many small
 * ones. Import rule: Flink's configuration and RocksDB's Java interface; nothing of Meander.
 */
package io.meander.state;

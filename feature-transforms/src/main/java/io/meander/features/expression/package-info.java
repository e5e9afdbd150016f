/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Expressions over an event's fields: written in the Common Expression Language's syntax, typed and
 * compiled here. May import Avro, CEL's parser and the features package; CEL's types stay inside.
 */
package io.meander.features.expression;

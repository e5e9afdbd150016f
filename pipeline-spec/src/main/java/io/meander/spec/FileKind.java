/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

/** Kinds of data files that can stand in for a topic. */
public enum FileKind {
  CSV,
  /** Its header is the schema, and its features are by default all attributes but the class. */
  ARFF,
  AVRO
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import org.apache.avro.Schema;

/**
 * What a data file says of its rows, for a spec that leaves {@code events.schema} to the file.
 *
 * @param schema an Avro record schema
 * @param keyAsFeature what {@code key-as-feature} is by default: true for files whose header is the
 *     list of features
 * @param labelSchemaOrNull of a file of labels, for a spec that leaves {@code label.schema} to it
 */
public record FileSchema(Schema schema, boolean keyAsFeature, Schema labelSchemaOrNull) {

  /** The schema of a file of the given kind. */
  public static FileSchema of(Schema schema, FileKind kind) {
    return new FileSchema(schema, kind == FileKind.ARFF, null);
  }

  /** The same, with a file of labels beside. */
  public FileSchema withLabels(Schema labelSchema) {
    return new FileSchema(schema, keyAsFeature, labelSchema);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.features.FeatureLayout;
import io.meander.features.FeatureSchema;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link FeatureLayout} as bytes: format version byte ({@value #FORMAT}), number of schemas int,
 * of each: number of columns int, of each: name text, values as texts, declaration text.
 */
public final class LayoutFormat {

  private static final int FORMAT = 1;

  private LayoutFormat() {}

  public static byte[] write(FeatureLayout layout) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeInt(layout.schemas().size());
      for (FeatureSchema schema : layout.schemas()) {
        out.writeInt(schema.size());
        for (FeatureSchema.Column column : schema.columns()) {
          Wire.writeText(column.name(), out);
          Wire.writeTexts(column.values().toArray(String[]::new), out);
          Wire.writeText(column.declared(), out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IOException if the bytes are broken, or of a format that this release does not read
   */
  public static FeatureLayout read(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "stored feature schemas are of format " + format + ", this release reads " + FORMAT);
    }
    List<FeatureSchema> schemas = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      List<FeatureSchema.Column> columns = new ArrayList<>();
      for (int size = in.readInt(); size > 0; size--) {
        columns.add(
            new FeatureSchema.Column(
                Wire.readText(in), List.of(Wire.readTexts(in)), Wire.readText(in)));
      }
      schemas.add(new FeatureSchema(columns));
    }
    return new FeatureLayout(schemas);
  }
}

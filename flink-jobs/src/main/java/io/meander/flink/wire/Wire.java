/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The parts that the formats are made of. A nullable text or byte array is its length (-1 for null)
 * as an int and its bytes; text is UTF-8.
 */
final class Wire {

  private Wire() {}

  static void writeText(String text, DataOutput out) throws IOException {
    writeBytes(text == null ? null : text.getBytes(StandardCharsets.UTF_8), out);
  }

  static String readText(DataInput in) throws IOException {
    byte[] bytes = readBytes(in);
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
    if (bytes == null) {
      out.writeInt(-1);
    } else {
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  static byte[] readBytes(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  static void writeDoubles(double[] values, DataOutput out) throws IOException {
    out.writeInt(values.length);
    for (double value : values) {
      out.writeDouble(value);
    }
  }

  static double[] readDoubles(DataInput in) throws IOException {
    double[] values = new double[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
    return values;
  }

  static void writeTexts(String[] texts, DataOutput out) throws IOException {
    out.writeInt(texts.length);
    for (String text : texts) {
      writeText(text, out);
    }
  }

  static String[] readTexts(DataInput in) throws IOException {
    String[] texts = new String[in.readInt()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = readText(in);
    }
    return texts;
  }
}

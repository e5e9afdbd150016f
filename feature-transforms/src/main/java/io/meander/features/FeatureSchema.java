/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** The columns of a feature vector: names, order, types, and what they hold. Immutable. */
public record FeatureSchema(List<Column> columns) implements Serializable {

  /**
   * One column of the vector.
   *
   * @param values the nominal values in order (the vector holds the index), empty if numeric
   * @param declared the feature that it is of, as {@link DeclaredFeature#text}; empty if nobody
   *     says
   */
  public record Column(String name, List<String> values, String declared) implements Serializable {
    public Column {
      values = List.copyOf(values);
    }

    /** Of a feature that nobody says. */
    public Column(String name, List<String> values) {
      this(name, values, "");
    }

    Column of(DeclaredFeature feature) {
      return new Column(name, values, feature.text());
    }

    public static Column numeric(String name) {
      return new Column(name, List.of());
    }

    public boolean isNominal() {
      return !values.isEmpty();
    }
  }

  public FeatureSchema {
    columns = List.copyOf(columns);
  }

  public int size() {
    return columns.size();
  }

  /**
   * The features that the columns are of, in their order.
   *
   * @throws IllegalArgumentException if nobody says, or this release does not know them
   */
  public List<DeclaredFeature> features() {
    return columns.stream().map(Column::declared).distinct().map(DeclaredFeature::of).toList();
  }

  /** Of the column of that name, from 0; -1 if there is none. */
  int position(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Names, order, types and whole declarations as 16 hex digits: the first eight bytes of a SHA-256
   * over them. Two schemas with the same fingerprint take the same vectors, and the same events
   * give both the same.
   */
  public String fingerprint() {
    String text =
        columns.stream()
            .map(
                c ->
                    escape(c.name())
                        + c.values().stream().map(FeatureSchema::escape).toList()
                        + escape(c.declared()))
            .collect(Collectors.joining("\n"));
    return HexFormat.of().toHexDigits(digest(text));
  }

  /** The first eight bytes of a SHA-256 over a text. */
  static long digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String escape(String text) {
    return text.length() + ":" + text;
  }
}

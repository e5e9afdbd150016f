/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.avro.Schema;

/**
 * How often a text's runs of n characters or words fall into each bucket of their hash. The text is
 * put into lower case first; words are what white space parts, and are joined by one space.
 */
final class NgramColumns extends FieldColumn {

  private final int buckets;
  private final int n;
  private final boolean words;

  NgramColumns(FieldPath path, FeatureSpec.Ngrams feature) {
    super(
        path,
        IntStream.range(0, feature.buckets())
            .mapToObj(b -> Column.numeric(feature.name() + "_" + b))
            .toList());
    if (path.type().getType() != Schema.Type.STRING) {
      throw new IllegalArgumentException(
          "'" + path + "' is " + FieldPath.name(path.type()) + ", only a text has n-grams");
    }
    this.buckets = feature.buckets();
    this.n = feature.n();
    this.words = feature.unit() == FeatureSpec.Ngrams.Unit.WORDS;
  }

  @Override
  void write(Object value, double[] vector, int offset) {
    Arrays.fill(vector, offset, offset + buckets, 0);
    String text = value.toString().toLowerCase(Locale.ROOT).strip();
    List<String> parts = words ? words(text) : characters(text);
    for (int i = 0; i + n <= parts.size(); i++) {
      String gram = String.join(words ? " " : "", parts.subList(i, i + n));
      vector[offset + Murmur3.bucket(gram, buckets)]++;
    }
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
  }

  /** Code points, so that no character is cut in two. */
  private static List<String> characters(String text) {
    List<String> characters = new ArrayList<>(text.length());
    text.codePoints().forEach(c -> characters.add(Character.toString(c)));
    return characters;
  }
}

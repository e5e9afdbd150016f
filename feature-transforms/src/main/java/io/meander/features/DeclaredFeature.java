/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;

/**
 * A feature with all that says what its columns hold, and that as text, which is stored, published
 * and part of every fingerprint. Two features of one text give the same numbers for the same
 * events.
 *
 * <p>The text is JSON without spaces: {@code missing}, the policy's name, and {@code feature}: the
 * form's name under {@code is}, then its parameters by their names in {@link FeatureSpec};
 * durations and zones in ISO-8601's and Java's notation, numbers that JSON lacks as texts.
 *
 * @param missing what becomes of missing numbers in its columns
 */
public record DeclaredFeature(FeatureSpec spec, MissingPolicy missing) implements Serializable {

  private static final JsonMapper JSON = new JsonMapper();

  /** See the class. */
  public String text() {
    ObjectNode json = JSON.createObjectNode();
    json.put("missing", missing.name());
    json.set("feature", RecordJson.write(spec));
    return json.toString();
  }

  /**
   * What {@link #text} was made of.
   *
   * @throws IllegalArgumentException if the text is broken, or names a form or parameter that this
   *     release does not know
   */
  public static DeclaredFeature of(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      if (!json.path("feature").isObject()) {
        throw new IllegalArgumentException("'" + text + "' declares no feature");
      }
      return new DeclaredFeature(
          (FeatureSpec) RecordJson.read(json.get("feature"), FeatureSpec.class),
          MissingPolicy.valueOf(json.path("missing").asText()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("'" + text + "' declares no feature", e);
    }
  }
}

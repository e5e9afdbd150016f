/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;

/** A spec, and the same with one thing changed. */
final class UpgradeSpecs {

  static final String YAML =
      """
      name: points
      events: {topic: points, schema: point.avsc, key: [place], id: id, time: {field: at}}
      label: {field: label, classes: [below, above]}
      features: [x, y]
      slots:
        - {id: ht, learner: trees.HoeffdingTree -g 20}
        - {id: bayes, learner: bayes.NaiveBayes}
      serve: {champion: ht}
      """;

  static final String SCHEMA =
      """
      {"type": "record", "name": "Point", "fields": [
        {"name": "id", "type": "string"},
        {"name": "other", "type": "string"},
        {"name": "place", "type": "string"},
        {"name": "kind", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "x", "type": "double"},
        {"name": "y", "type": "double"},
        {"name": "z", "type": "double"},
        {"name": "label", "type": "string"}
      ]}
      """;

  private UpgradeSpecs() {}

  static PipelineSpec spec() {
    return parse(YAML);
  }

  /**
   * @param before a part of the spec's text that is there
   * @param after in its place
   */
  static PipelineSpec with(String before, String after) {
    if (!YAML.contains(before)) {
      throw new IllegalArgumentException("there is no '" + before + "'");
    }
    return parse(YAML.replace(before, after));
  }

  static PipelineSpec parse(String yaml) {
    return parse(yaml, SCHEMA);
  }

  static PipelineSpec parse(String yaml, String schema) {
    try {
      return SpecLoader.parse(yaml, file -> schema);
    } catch (SpecException e) {
      throw new IllegalArgumentException(e);
    }
  }
}

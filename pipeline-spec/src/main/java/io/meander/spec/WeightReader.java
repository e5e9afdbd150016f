/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.NearestName;
import io.meander.models.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the {@code weight} part: a number of the event, and factors of classes. */
final class WeightReader {

  private final SpecNode weight;
  private final EventFields fields;

  WeightReader(SpecNode weight, EventFields fields) {
    this.weight = weight;
    this.fields = fields;
  }

  /**
   * @param classes the label's; none if they are wrong, which is an error already
   */
  PipelineSpec.Weight read(List<String> classes, Task task) {
    SpecNode field = weight.at("field");
    fields
        .find(field)
        .filter(path -> !EventFields.isNumber(path.type()))
        .ifPresent(
            path ->
                field.error(
                    "'"
                        + path
                        + "' is "
                        + EventFields.name(path.type())
                        + "; allowed: a field that holds a number"));
    Map<String, Double> byClass = new TreeMap<>();
    if (task == Task.REGRESSION && weight.at("class").isPresent()) {
      weight
          .at("class")
          .error("task is regression, and a number has no class: delete it, or use weight.field");
      return PipelineSpec.Weight.NONE;
    }
    for (String name : factors()) {
      SpecNode factor = weight.at("class").at(name);
      if (!classes.isEmpty() && !classes.contains(name)) {
        factor.error(
            "'"
                + name
                + "' is no class of the label"
                + NearestName.suggestion(name, classes)
                + " (classes: "
                + String.join(", ", classes)
                + ")");
      }
      byClass.put(name, factor.decimal(1));
    }
    return new PipelineSpec.Weight(field.text().orElse(null), byClass);
  }

  private List<String> factors() {
    List<String> names = new ArrayList<>();
    weight.at("class").json().fieldNames().forEachRemaining(names::add);
    return names;
  }
}

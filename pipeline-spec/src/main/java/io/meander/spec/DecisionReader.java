/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.NearestName;
import io.meander.models.Decision;
import io.meander.models.ServePolicy;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code serve.decide} and {@code serve.cost}: which class is predicted. */
final class DecisionReader {

  private final SpecNode decide;
  private final SpecNode cost;
  private final List<String> classes;

  /**
   * @param classes of the label; none if the task has none
   */
  DecisionReader(SpecNode serve, List<String> classes) {
    this.decide = serve.at("decide");
    this.cost = serve.at("cost");
    this.classes = classes;
  }

  /** The rule, with errors where it does not fit the classes. */
  Decision read() {
    if (decide.isPresent() && cost.isPresent()) {
      cost.error("serve.decide says already which class is predicted; keep one of the two");
      return ServePolicy.FIRST_MAXIMUM;
    }
    if (decide.isPresent()) {
      return new Decision.Threshold(
          classOf(decide.at("class"), decide.at("class").text().orElse("")),
          decide.at("from").decimal(0));
    }
    return cost.isPresent() ? leastCost() : ServePolicy.FIRST_MAXIMUM;
  }

  private Decision leastCost() {
    int count = classes.size();
    List<Double> costs = new ArrayList<>();
    for (int i = 0; i < count * count; i++) {
      costs.add(i / count == i % count ? 0.0 : 1.0);
    }
    cost.json()
        .fieldNames()
        .forEachRemaining(
            truth -> {
              SpecNode row = cost.at(truth);
              int t = classOf(row, truth);
              row.json()
                  .fieldNames()
                  .forEachRemaining(
                      predicted -> {
                        SpecNode value = row.at(predicted);
                        int p = classOf(value, predicted);
                        if (t >= 0 && p >= 0) {
                          costs.set(t * count + p, value.decimal(1));
                        }
                      });
            });
    return new Decision.LeastCost(costs);
  }

  private int classOf(SpecNode node, String name) {
    int index = classes.indexOf(name);
    if (index < 0 && !name.isEmpty()) {
      node.error(
          classes.isEmpty()
              ? "what is predicted has no classes; leave this out"
              : "there is no class '"
                  + name
                  + "'"
                  + NearestName.suggestion(name, classes)
                  + " (classes: "
                  + String.join(", ", classes)
                  + ")");
    }
    return index;
  }
}

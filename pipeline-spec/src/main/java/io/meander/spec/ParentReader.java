/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.NearestName;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code parent} part: a part of the model key, and how much of it is learned. */
final class ParentReader {

  private final SpecNode parent;

  ParentReader(SpecNode parent) {
    this.parent = parent;
  }

  /**
   * @param modelKey the fields of the model key
   * @return null if a new key begins with fresh models
   */
  PipelineSpec.Parent read(List<String> modelKey) {
    if (!parent.isPresent()) {
      return null;
    }
    if (modelKey.isEmpty() && !parent.problems().touch("events.key")) {
      parent.error(
          "there is one model set for the whole stream (events.key is left out), so no key is ever"
              + " new; leave this out");
      return null;
    }
    List<String> fields = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (SpecNode node : parent.at("key").items()) {
      String field = node.text().orElse("");
      int place = modelKey.indexOf(field);
      if (field.isEmpty() || parent.problems().touch("events.key")) {
        continue; // told already
      }
      if (place < 0) {
        node.error(
            "'%s' is not part of the model key%s; allowed: some of events.key %s"
                .formatted(field, NearestName.suggestion(field, modelKey), modelKey));
      } else if (fields.contains(field)) {
        node.error("'" + field + "' is named twice");
      } else {
        fields.add(field);
        places.add(place);
      }
    }
    if (!modelKey.isEmpty() && fields.size() == modelKey.size()) {
      parent
          .at("key")
          .error(
              "has all the fields of events.key, so that every parent has one child; leave one or"
                  + " more out, or all: []");
    }
    return new PipelineSpec.Parent(fields, places, parent.at("sample").decimal(1));
  }
}

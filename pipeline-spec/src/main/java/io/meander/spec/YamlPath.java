/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A place in a spec, as errors name it. */
final class YamlPath {

  private YamlPath() {}

  /** {@code slots[1].learner} for the JSON pointer {@code /slots/1/learner}. */
  static String ofPointer(String pointer) {
    StringBuilder path = new StringBuilder();
    for (String part : parts(pointer)) {
      if (part.matches("[0-9]+")) {
        path.append('[').append(part).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(part);
      }
    }
    return path.toString();
  }

  /** The unescaped parts of a JSON pointer. */
  static List<String> parts(String pointer) {
    List<String> parts = new ArrayList<>();
    for (String part : pointer.split("/", -1)) {
      parts.add(part.replace("~1", "/").replace("~0", "~"));
    }
    parts.remove(0);
    return parts;
  }

  static String of(String parent, String child) {
    return parent.isEmpty() ? child : parent + "." + child;
  }

  static String of(String parent, int index) {
    return parent + "[" + index + "]";
  }

  /** A value as somebody would have written it, cut short. */
  static String show(JsonNode value) {
    String text = value.isTextual() ? "'" + value.textValue() + "'" : value.toString();
    return text.length() > 80 ? text.substring(0, 77) + "..." : text;
  }
}

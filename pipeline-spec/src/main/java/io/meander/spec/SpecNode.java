/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value of a spec and where it is. What is not there, or was found not to fit the JSON Schema, is
 * absent, so that reading goes on and finds what else is wrong.
 *
 * @param path as {@code slots[1].learner}; empty for the whole spec
 */
record SpecNode(JsonNode json, String path, Problems problems) {

  static SpecNode root(JsonNode json, Problems problems) {
    return new SpecNode(json, "", problems);
  }

  SpecNode at(String key) {
    return child(json.path(key), YamlPath.of(path, key));
  }

  private SpecNode child(JsonNode value, String place) {
    return new SpecNode(
        problems.unusable(place) ? MissingNode.getInstance() : value, place, problems);
  }

  boolean isPresent() {
    return !json.isMissingNode();
  }

  /** A list's entries, absent ones too, so that positions count; none if there is no list. */
  List<SpecNode> items() {
    List<SpecNode> items = new ArrayList<>();
    for (JsonNode item : json.isArray() ? json : MissingNode.getInstance()) {
      items.add(child(item, YamlPath.of(path, items.size())));
    }
    return items;
  }

  Optional<String> text() {
    return json.isTextual() ? Optional.of(json.textValue()) : Optional.empty();
  }

  /** A list's texts, without absent ones. */
  List<String> texts() {
    return items().stream().flatMap(item -> item.text().stream()).toList();
  }

  /** A section's texts, numbers, booleans and lists of these, by their keys. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    json.properties().forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
    return values;
  }

  private static Object value(JsonNode json) {
    if (json.isArray()) {
      List<Object> list = new ArrayList<>();
      json.forEach(item -> list.add(value(item)));
      return list;
    }
    return json.isBoolean()
        ? json.booleanValue()
        : json.isNumber() ? json.numberValue() : json.asText();
  }

  long number(long otherwise) {
    return json.asLong(otherwise);
  }

  double decimal(double otherwise) {
    return json.asDouble(otherwise);
  }

  boolean flag(boolean otherwise) {
    return json.asBoolean(otherwise);
  }

  Duration duration(Duration otherwise) {
    return text().map(Durations::parse).orElse(otherwise);
  }

  /** A time zone, UTC if absent or unknown. */
  ZoneId zone() {
    String zone = text().orElse("UTC");
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException e) {
      error(Zones.unknown(zone));
      return ZoneOffset.UTC;
    }
  }

  void error(String message) {
    problems.add(path, message);
  }
}

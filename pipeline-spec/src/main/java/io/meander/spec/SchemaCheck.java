/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.meander.features.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks a document against the published JSON Schema and says what is wrong in a user's words:
 * where, what was found, what is allowed, what may have been meant. Thread-safe.
 */
final class SchemaCheck {

  private static final String RESOURCE = "pipeline.schema.json";
  private static final Map<String, String> KINDS =
      Map.of(
          "string", "text",
          "object", "a section",
          "array", "a list",
          "integer", "a whole number",
          "number", "a number",
          "boolean", "true or false");

  private final JsonNode definition;
  private final Schema schema;

  SchemaCheck() {
    try (InputStream in = SchemaCheck.class.getResourceAsStream(RESOURCE)) {
      definition = new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the published schema is not in the jar", e);
    }
    schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(definition);
  }

  List<SpecError> check(JsonNode document) {
    Set<SpecError> errors = new LinkedHashSet<>();
    for (Error error : schema.validate(document)) {
      String pointer = pointer(error);
      errors.add(describe(error, pointer, document.at(pointer), definitionAt(pointer)));
    }
    return new ArrayList<>(errors);
  }

  private static String pointer(Error error) {
    String location = error.getInstanceLocation().toString();
    return location.startsWith("/") ? location : "";
  }

  private static SpecError describe(Error error, String pointer, JsonNode found, JsonNode allowed) {
    String path = YamlPath.ofPointer(pointer);
    String here = path.isEmpty() ? "the spec" : path;
    return switch (error.getKeyword()) {
      case "additionalProperties" -> unknownKey(path, error.getProperty(), allowed);
      case "required" ->
          new SpecError(
              here,
              "'" + error.getProperty() + "' is missing" + purpose(allowed, error.getProperty()));
      case "type" -> new SpecError(here, wrongType(found, allowed));
      case "enum" ->
          new SpecError(
              here,
              "found "
                  + YamlPath.show(found)
                  + "; allowed: "
                  + values(allowed.get("enum"))
                  + NearestName.suggestion(found.asText(), list(allowed.get("enum"))));
      case "pattern" ->
          new SpecError(
              here,
              "found "
                  + YamlPath.show(found)
                  + "; allowed: "
                  + pattern(allowed.path("pattern").asText()));
      case "minItems" ->
          new SpecError(
              here,
              "found "
                  + count(found.size())
                  + "; allowed: at least "
                  + count(allowed.path("minItems").asInt()));
      case "uniqueItems" -> new SpecError(here, "found a value twice in " + YamlPath.show(found));
      case "minLength" -> new SpecError(here, "found an empty text");
      case "minimum" ->
          new SpecError(
              here, "found " + found + "; allowed: " + allowed.path("minimum") + " or more");
      case "maximum" ->
          new SpecError(
              here, "found " + found + "; allowed: " + allowed.path("maximum") + " or less");
      case "minProperties", "maxProperties" ->
          new SpecError(
              here,
              "found "
                  + found.size()
                  + " keys; allowed: one of "
                  + String.join(", ", names(allowed)));
      default -> new SpecError(here, error.getMessage());
    };
  }

  private static SpecError unknownKey(String path, String key, JsonNode allowed) {
    List<String> names = names(allowed);
    return new SpecError(
        YamlPath.of(path, key),
        "unknown key"
            + NearestName.suggestion(key, names)
            + " (allowed here: "
            + String.join(", ", names)
            + ")");
  }

  private static String purpose(JsonNode allowed, String key) {
    JsonNode description = allowed.path("properties").path(key).path("description");
    return description.isMissingNode() ? "" : ": " + description.asText();
  }

  private static String wrongType(JsonNode found, JsonNode allowed) {
    String wanted = KINDS.get(allowed.path("type").asText());
    if (allowed.path("type").isArray()) {
      wanted = String.join(" or ", list(allowed.get("type")).stream().map(KINDS::get).toList());
    }
    String message =
        found.isNull() || found.isMissingNode()
            ? "found nothing; allowed: " + wanted
            : "found " + kind(found) + " " + YamlPath.show(found) + "; allowed: " + wanted;
    if (found.isBoolean() && "text".equals(wanted)) {
      return message
          + ". YAML reads a bare no, yes, on or off as false or true: put it in quotes, \""
          + (found.booleanValue() ? "yes" : "no")
          + "\"";
    }
    return found.isNumber() && "text".equals(wanted)
        ? message + ": put it in quotes, \"" + found + "\""
        : message;
  }

  private static String kind(JsonNode found) {
    return switch (found.getNodeType()) {
      case STRING -> "text";
      case OBJECT -> "a section";
      case ARRAY -> "a list";
      case NUMBER -> "the number";
      default -> "the value";
    };
  }

  private static String pattern(String pattern) {
    if (pattern.contains("ms|s|m|h|d")) {
      return "a duration such as 100ms, 30s, 5m, 24h or 7d";
    }
    return pattern.contains("._-")
        ? "letters, digits, '.', '_' and '-', as in a Kafka topic's name"
        : "letters, digits, '_' and '-', at most 64";
  }

  private static String count(int entries) {
    return entries == 1 ? "1 entry" : entries + " entries";
  }

  private static String values(JsonNode values) {
    return String.join(", ", list(values));
  }

  private static List<String> list(JsonNode values) {
    List<String> list = new ArrayList<>();
    values.forEach(value -> list.add(value.asText()));
    return list;
  }

  private static List<String> names(JsonNode allowed) {
    List<String> names = new ArrayList<>();
    allowed.path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The part of the schema that speaks of a place in the document. */
  private JsonNode definitionAt(String pointer) {
    JsonNode at = definition;
    if (pointer.isEmpty()) {
      return at;
    }
    for (String part : YamlPath.parts(pointer)) {
      JsonNode property = at.path("properties").path(part);
      at = property.isMissingNode() ? at.path("items") : property;
    }
    return at;
  }
}

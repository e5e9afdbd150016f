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
 * where, what was found, what is allowed, what may have been meant. What is allowed is the {@code
 * title} of the schema's part, if it has one. Thread-safe.
 */
final class SchemaCheck {

  private static final String RESOURCE = "pipeline.schema.json";
  private static final Map<String, String> KINDS =
      Map.of(
          "string", "text",
          "object", "a section of keys",
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

  /** The part of the schema that a value does not fit. */
  private record Rule(JsonNode part, String title) {

    String allowed() {
      if (!title.isEmpty()) {
        return title;
      }
      JsonNode type = part.path("type");
      return type.isTextual() ? KINDS.get(type.textValue()) : "another value";
    }

    List<String> keys() {
      List<String> keys = new ArrayList<>();
      part.path("properties").fieldNames().forEachRemaining(keys::add);
      return keys;
    }
  }

  List<SpecError> check(JsonNode document) {
    List<Error> found = schema.validate(document);
    List<Error> unknownKeys =
        found.stream().filter(e -> e.getKeyword().equals("additionalProperties")).toList();
    Set<SpecError> errors = new LinkedHashSet<>();
    for (Error error : found) {
      if (unknownKeys.stream().noneMatch(unknown -> explains(unknown, error))
          && found.stream().noneMatch(other -> saysMore(other, error))) {
        errors.add(describe(error, document));
      }
    }
    return new ArrayList<>(errors);
  }

  /** Whether a misspelt key is the reason for another error of the same section. */
  private static boolean explains(Error unknown, Error other) {
    if (!unknown.getInstanceLocation().equals(other.getInstanceLocation())
        || !other.getKeyword().equals("required")) {
      return false;
    }
    return isChoice(other)
        || !NearestName.of(unknown.getProperty(), List.of(other.getProperty())).isEmpty();
  }

  /** Whether another error lists the values of which this one only tells the type. */
  private static boolean saysMore(Error other, Error error) {
    return error.getKeyword().equals("type")
        && other.getKeyword().equals("enum")
        && other.getInstanceLocation().equals(error.getInstanceLocation());
  }

  /** Whether an error is about one of several ways, of which the value fits none. */
  private static boolean isChoice(Error error) {
    return error.getEvaluationPath().toString().contains("/anyOf/");
  }

  private SpecError describe(Error error, JsonNode document) {
    String pointer = error.getInstanceLocation().toString();
    JsonNode value = document.at(pointer.startsWith("/") ? pointer : "");
    String path = YamlPath.ofPointer(pointer.startsWith("/") ? pointer : "");
    Rule rule = rule(error);
    return switch (error.getKeyword()) {
      case "additionalProperties" ->
          new SpecError(
              YamlPath.of(path, error.getProperty()), unknownKey(error.getProperty(), rule.keys()));
      case "required" ->
          isChoice(error)
              ? at(path, "found " + YamlPath.show(value) + "; allowed: " + rule.allowed())
              : new SpecError(
                  YamlPath.of(path, error.getProperty()),
                  "is missing" + purpose(rule.part(), error.getProperty()));
      default -> at(path, message(error.getKeyword(), value, rule));
    };
  }

  private static SpecError at(String path, String message) {
    return new SpecError(path.isEmpty() ? "the spec" : path, message);
  }

  private static String message(String keyword, JsonNode value, Rule rule) {
    String found = "found " + (value.isNull() ? "nothing" : YamlPath.show(value));
    return switch (keyword) {
      case "type" -> wrongType(value, rule);
      case "enum" -> {
        List<String> values = texts(rule.part().path("enum"));
        yield found
            + "; allowed"
            + (values.size() == 1 ? " in this version" : "")
            + ": "
            + String.join(", ", values)
            + NearestName.suggestion(value.asText(), values);
      }
      case "minItems" ->
          "found "
              + (value.isEmpty() ? "an empty list" : "only " + YamlPath.show(value))
              + "; allowed: at least "
              + rule.part().path("minItems")
              + " of them";
      case "uniqueItems" -> "found '" + repeated(value) + "' twice; keep one";
      case "minLength" -> "found an empty text; allowed: " + rule.allowed();
      case "minimum" -> found + "; allowed: " + rule.part().path("minimum") + " or more";
      case "maximum" -> found + "; allowed: " + rule.part().path("maximum") + " or less";
      default -> found + "; allowed: " + rule.allowed();
    };
  }

  private static String unknownKey(String key, List<String> allowed) {
    return "unknown key"
        + NearestName.suggestion(key, allowed)
        + " (allowed here: "
        + String.join(", ", allowed)
        + ")";
  }

  private static String purpose(JsonNode part, String key) {
    String description = part.path("properties").path(key).path("description").asText();
    return description.isEmpty() ? "" : ": " + firstSentence(description);
  }

  private static String firstSentence(String text) {
    int end = text.indexOf(". ");
    return (end < 0 ? text : text.substring(0, end + 1)).replace("`", "");
  }

  private static String wrongType(JsonNode value, Rule rule) {
    String allowed = rule.allowed();
    boolean textAllowed = rule.part().path("type").toString().contains("string");
    if (value.isNull()) {
      return "found nothing; allowed: " + allowed + "; to leave it out, delete the key";
    }
    String message = "found " + kind(value) + YamlPath.show(value) + "; allowed: " + allowed;
    if (value.isBoolean() && textAllowed) {
      String word = SpecYaml.written(value);
      String reading = word.equals(value.asText()) ? "a truth value" : value.asText();
      return message
          + "; YAML reads a bare "
          + word
          + " as "
          + reading
          + ", so write \""
          + word
          + "\" with its quotes";
    }
    return value.isNumber() && textAllowed
        ? message + "; write \"" + value.asText() + "\" with its quotes"
        : message;
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "the text ";
      case OBJECT -> "the section ";
      case ARRAY -> "the list ";
      case NUMBER -> "the number ";
      default -> "";
    };
  }

  private static String repeated(JsonNode list) {
    Set<String> seen = new LinkedHashSet<>();
    return texts(list).stream().filter(text -> !seen.add(text)).findFirst().orElse("a value");
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** Follows the way that the validator took; a title beside a reference goes before its own. */
  private Rule rule(Error error) {
    List<String> way = YamlPath.parts(error.getEvaluationPath().toString());
    JsonNode at = definition;
    String title = "";
    for (String part : way.subList(0, way.size() - 1)) {
      if (part.equals("anyOf")) {
        break;
      }
      if (part.equals("$ref")) {
        at = definition.at(at.path("$ref").asText().substring(1));
        title = title.isEmpty() ? at.path("title").asText() : title;
      } else {
        at = at.isArray() ? at.path(Integer.parseInt(part)) : at.path(part);
        title = at.path("title").asText();
      }
    }
    return new Rule(at, title);
  }
}

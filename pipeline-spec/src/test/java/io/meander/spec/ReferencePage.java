/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The spec's reference page, made of the JSON Schema's descriptions and the example. */
final class ReferencePage {

  private static final Map<String, String> KINDS =
      Map.of(
          "string", "text",
          "object", "a section",
          "array", "a list",
          "integer", "a whole number",
          "number", "a number",
          "boolean", "`true` or `false`");

  private final JsonNode schema;
  private final StringBuilder page = new StringBuilder();

  ReferencePage(JsonNode schema) {
    this.schema = schema;
  }

  String render(String example) {
    page.append(
        """
        <!-- Made of docs/pipeline.schema.json and examples/flights/pipeline.yaml: change those. -->
        # The pipeline spec

        """);
    page.append(schema.path("description").asText());
    page.append(
        """
         `./meander validate SPEC` checks it; an error names the path in the YAML, what was found, \
        what is allowed, and the nearest valid name.

        Editors complete and check specs by [pipeline.schema.json](pipeline.schema.json); many of \
        them find it by a first line such as \
        `# yaml-language-server: $schema=../../docs/pipeline.schema.json`.

        ## Example

        ```yaml
        """);
    page.append(example).append("```\n\n## Keys\n");
    schema.path("properties").properties().forEach(e -> section(e.getKey(), e.getValue()));
    return page.toString();
  }

  private void section(String key, JsonNode declared) {
    JsonNode part = resolve(declared);
    String required = isRequired(schema, key) ? " (required)" : "";
    page.append("\n### `").append(key).append('`').append(required).append("\n\n");
    page.append(text(declared, "description")).append('\n');
    List<String> rows = new ArrayList<>();
    if (part.has("properties")) {
      rows(key, part, rows);
    }
    if (part.path("items").has("properties")) {
      rows(key + "[]", part.path("items"), rows);
    }
    if (rows.isEmpty()) {
      page.append("\nAllowed: ").append(allowed(declared)).append(".\n");
    } else {
      table(rows);
    }
    if (key.equals("features")) {
      features();
    }
  }

  private void features() {
    JsonNode item = schema.at("/$defs/feature");
    page.append("\nA feature in the list: ").append(item.path("description").asText()).append('\n');
    for (JsonNode of : item.path("allOf")) {
      JsonNode part = resolve(of.path("then"));
      String form = part.path("title").asText();
      page.append("\n#### `").append(form).append("`\n\n");
      page.append(part.path("description").asText()).append('\n');
      List<String> rows = new ArrayList<>();
      rows("", part, rows);
      table(rows);
    }
  }

  private void table(List<String> rows) {
    page.append("\n| key | allowed | meaning |\n|---|---|---|\n");
    rows.forEach(page::append);
  }

  private void rows(String parent, JsonNode section, List<String> rows) {
    section
        .path("properties")
        .properties()
        .forEach(
            entry -> {
              String path = parent.isEmpty() ? entry.getKey() : parent + "." + entry.getKey();
              JsonNode part = resolve(entry.getValue());
              String required = isRequired(section, entry.getKey()) ? " (required)" : "";
              rows.add(
                  "| `%s`%s | %s | %s |%n"
                      .formatted(
                          path,
                          required,
                          allowed(entry.getValue()),
                          cell(text(entry.getValue(), "description")))
                      .replace(System.lineSeparator(), "\n"));
              rows(path, part, rows);
            });
  }

  private String allowed(JsonNode declared) {
    String title = text(declared, "title");
    JsonNode part = resolve(declared);
    if (part.has("enum")) {
      return StreamSupport.stream(part.path("enum").spliterator(), false)
          .map(value -> "`" + value.asText() + "`")
          .collect(Collectors.joining(" or "));
    }
    if (!title.isEmpty()) {
      return cell(title);
    }
    String range =
        part.path("minimum").asLong() > 0
            ? part.path("maximum").asLong(Integer.MAX_VALUE) < Integer.MAX_VALUE
                ? " from " + part.path("minimum") + " to " + part.path("maximum")
                : ", " + part.path("minimum") + " or more"
            : "";
    return KINDS.get(part.path("type").asText()) + range;
  }

  /** A title or description: that beside a reference, else that of what it refers to. */
  private String text(JsonNode declared, String key) {
    return declared.path(key).asText(resolve(declared).path(key).asText());
  }

  private JsonNode resolve(JsonNode declared) {
    return declared.has("$ref") ? schema.at(declared.path("$ref").asText().substring(1)) : declared;
  }

  /** Where a list or a text is allowed too, a section's keys are never required. */
  private static boolean isRequired(JsonNode section, String key) {
    return section.path("type").isTextual()
        && StreamSupport.stream(section.path("required").spliterator(), false)
            .anyMatch(name -> name.asText().equals(key));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}

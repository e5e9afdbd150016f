/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferencePageTest {

  private static final Path ROOT = Path.of(System.getProperty("meander.root"));
  private static final Path SCHEMA = ROOT.resolve("docs/pipeline.schema.json");
  private static final Path EXAMPLE = ROOT.resolve("examples/flights/pipeline.yaml");
  private static final Path PAGE = ROOT.resolve("docs/spec.md");

  @Test
  void isUpToDate() throws Exception {
    String page =
        new ReferencePage(new ObjectMapper().readTree(SCHEMA.toFile()))
            .render(Files.readString(EXAMPLE));
    if (Boolean.getBoolean("meander.regenerate")) {
      Files.writeString(PAGE, page);
    }

    assertThat(PAGE)
        .as(
            "docs/spec.md is made of the schema; make it again with: mvn -pl pipeline-spec -am"
                + " verify -Dtest=ReferencePageTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dmeander.regenerate=true")
        .hasContent(page);
  }

  @Test
  void everyKeyOfTheSchemaIsDescribed() throws Exception {
    List<String> undescribed = new ArrayList<>();
    JsonNode schema = new ObjectMapper().readTree(SCHEMA.toFile());
    collect("", schema, schema, undescribed);
    for (JsonNode form : schema.at("/$defs/feature/allOf")) {
      JsonNode part = schema.at(form.at("/then/$ref").asText().substring(1));
      collect(part.path("title").asText(), part, schema, undescribed);
    }

    assertThat(undescribed).isEmpty();
  }

  /** A key that may be left out says what that means: a default, or what is done without it. */
  private static void collect(
      String path, JsonNode section, JsonNode schema, List<String> undescribed) {
    section
        .path("properties")
        .properties()
        .forEach(
            entry -> {
              String key = path + "/" + entry.getKey();
              JsonNode part = entry.getValue();
              JsonNode target =
                  part.has("$ref") ? schema.at(part.get("$ref").asText().substring(1)) : part;
              String text = part.path("description").asText(target.path("description").asText());
              boolean required =
                  section.path("required").toString().contains(entry.getKey())
                      || section.has("maxProperties");
              boolean isSection = target.path("type").asText().equals("object");
              boolean saysDefault = text.contains("Default: ") || text.contains("Left out: ");
              if (text.isEmpty() || !(required || isSection || saysDefault)) {
                undescribed.add(key);
              }
              collect(key, target, schema, undescribed);
              collect(key + "[]", target.path("items"), schema, undescribed);
            });
  }
}

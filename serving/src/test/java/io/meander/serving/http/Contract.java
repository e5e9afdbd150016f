/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/**
 * Holds responses to the OpenAPI document that the server gives out: the status must be one that
 * its operation lists, the body's type and members those that are described, and no others.
 */
final class Contract {

  private static final JsonNode DOCUMENT = document();

  private Contract() {}

  private static JsonNode document() {
    try (InputStream in = PredictionServer.class.getResourceAsStream("openapi.yaml")) {
      JsonNode document = new JsonMapper().valueToTree(new Yaml().<Object>load(in));
      noOthers(document.get("components").get("schemas"));
      noOthers(document.get("paths"));
      return document;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A member that is not described would be let pass otherwise. */
  private static void noOthers(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(Contract::noOthers);
  }

  static void check(HttpResponse<String> response) throws IOException {
    String method = response.request().method().toLowerCase(Locale.ROOT);
    JsonNode path = path(response.uri().getRawPath());
    JsonNode operation = path == null ? null : path.get(method);
    if (operation == null) {
      assertThat(response.statusCode())
          .as("%s %s is not described", method, response.uri())
          .isIn(404, 405);
      return;
    }
    JsonNode described = resolved(operation.get("responses").get("" + response.statusCode()));
    assertThat(described)
        .as("%s %s answers %d", method, response.uri(), response.statusCode())
        .isNotNull();
    JsonNode contents = described.get("content");
    String type = response.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
    assertThat(contents.has(type)).as("%s has no %s", contents, type).isTrue();
    if (type.endsWith("json")) {
      validate(contents.get(type).get("schema"), response.body());
    }
  }

  private static JsonNode path(String asked) {
    for (Map.Entry<String, JsonNode> path : DOCUMENT.get("paths").properties()) {
      if (asked.matches(path.getKey().replaceAll("\\{[a-z]+}", "[^/]+"))) {
        return path.getValue();
      }
    }
    return null;
  }

  private static JsonNode resolved(JsonNode node) {
    return node != null && node.has("$ref")
        ? DOCUMENT.at(node.get("$ref").textValue().substring(1))
        : node;
  }

  private static void validate(JsonNode schema, String body) throws IOException {
    ObjectNode root = new JsonMapper().createObjectNode();
    root.putArray("allOf").add(schema);
    root.set("components", DOCUMENT.get("components"));
    assertThat(
            SchemaRegistry.withDialect(Dialects.getOpenApi30())
                .getSchema(root)
                .validate(new JsonMapper().readTree(body)))
        .as(body)
        .isEmpty();
  }
}

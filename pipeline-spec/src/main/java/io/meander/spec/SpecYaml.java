/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * From YAML 1.1 text to JSON's model. Plain scalars are booleans (a bare {@code no} too), decimal
 * numbers or null as YAML says; times, and numbers in YAML's rarer notations, stay text. Used once.
 */
final class SpecYaml {

  /** Far more than any spec has: aliases may make a small text into an endless document. */
  private static final int MOST_NODES = 100_000;

  /** An alias within its own anchor never ends. */
  private static final int DEEPEST = 50;

  private static final Pattern DECIMAL = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
  private static final Pattern FRACTION =
      Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final List<SpecError> errors;
  private int nodes;

  /** A boolean that remembers which of YAML's words it was. */
  private static final class Word extends BooleanNode {

    private static final long serialVersionUID = 1L;

    private final String text;

    Word(String text, boolean value) {
      super(value);
      this.text = text;
    }
  }

  private SpecYaml(List<SpecError> errors) {
    this.errors = errors;
  }

  /**
   * @param errors takes a line for each key that is there twice
   * @return the document, JSON's null if there is none
   * @throws SpecException if the text is not one YAML document
   */
  static JsonNode read(String text, List<SpecError> errors) throws SpecException {
    try {
      Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
      Node root = yaml.compose(new StringReader(text));
      return root == null ? JSON.nullNode() : new SpecYaml(errors).convert(root, "", 0);
    } catch (MarkedYAMLException e) {
      throw new SpecException(place(e.getProblemMark()), "not valid YAML: " + reason(e));
    } catch (YAMLException e) {
      throw new SpecException(
          "the spec", "not valid YAML: " + e.getMessage().lines().findFirst().orElse(""));
    }
  }

  /** A scalar of a document that was read, as it was written. */
  static String written(JsonNode scalar) {
    return scalar instanceof Word word ? word.text : scalar.asText();
  }

  private JsonNode convert(Node node, String path, int depth) {
    nodes++;
    if (nodes > MOST_NODES) {
      throw new YAMLException("more than " + MOST_NODES + " values, aliases followed");
    }
    if (depth > DEEPEST) {
      throw new YAMLException("more than " + DEEPEST + " levels, aliases followed");
    }
    if (node instanceof MappingNode mapping) {
      return convert(mapping, path, depth);
    }
    if (node instanceof SequenceNode sequence) {
      ArrayNode array = JSON.arrayNode();
      for (Node item : sequence.getValue()) {
        array.add(convert(item, YamlPath.of(path, array.size()), depth + 1));
      }
      return array;
    }
    return scalar((ScalarNode) node);
  }

  private ObjectNode convert(MappingNode mapping, String path, int depth) {
    ObjectNode object = JSON.objectNode();
    Map<String, Mark> firsts = new HashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      Node keyNode = entry.getKeyNode();
      String key = keyNode instanceof ScalarNode scalar ? scalar.getValue() : "?";
      Mark first = firsts.putIfAbsent(key, keyNode.getStartMark());
      if (first != null) {
        errors.add(
            new SpecError(
                YamlPath.of(path, key),
                "this key is there twice, in line "
                    + (first.getLine() + 1)
                    + " and line "
                    + (keyNode.getStartMark().getLine() + 1)
                    + "; keep one"));
      }
      object.set(key, convert(entry.getValueNode(), YamlPath.of(path, key), depth + 1));
    }
    return object;
  }

  private static JsonNode scalar(ScalarNode node) {
    String text = node.getValue();
    String digits = text.replace("_", "");
    Tag tag = node.getTag();
    if (tag.equals(Tag.NULL)) {
      return JSON.nullNode();
    }
    if (tag.equals(Tag.BOOL)) {
      return new Word(
          text,
          switch (text.toLowerCase(Locale.ROOT)) {
            case "yes", "true", "on" -> true;
            default -> false;
          });
    }
    if (tag.equals(Tag.INT) && DECIMAL.matcher(digits).matches()) {
      BigInteger number = new BigInteger(digits);
      return number.bitLength() < Long.SIZE
          ? JSON.numberNode(number.longValue())
          : JSON.numberNode(number);
    }
    if (tag.equals(Tag.FLOAT) && FRACTION.matcher(digits).matches()) {
      return JSON.numberNode(new BigDecimal(digits));
    }
    return JSON.textNode(text);
  }

  private static String reason(MarkedYAMLException e) {
    String problem = String.valueOf(e.getProblem()).lines().findFirst().orElse("");
    if (e.getContext() == null) {
      return problem;
    }
    boolean whileReading = e.getContext().startsWith("while ") && e.getContextMark() != null;
    String began = whileReading ? " of line " + (e.getContextMark().getLine() + 1) : "";
    return e.getContext() + began + ", " + problem;
  }

  /** Lines and columns count from 1, as editors do. */
  private static String place(Mark mark) {
    return mark == null
        ? "the spec"
        : "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
  }
}

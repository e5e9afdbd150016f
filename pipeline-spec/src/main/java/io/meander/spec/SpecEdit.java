/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Changes single values of a spec's text and leaves all else as it is, comments too. The spec has
 * been read before and is known to be right. Not thread-safe.
 */
public final class SpecEdit {

  private final String text;
  private final MappingNode root;
  private final List<Change> changes = new ArrayList<>();

  private record Change(int from, int to, String value) {}

  public SpecEdit(String text) {
    this.text = text;
    this.root =
        (MappingNode)
            new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text));
  }

  /** Gives a slot another learner. */
  public SpecEdit learner(String slot, String learner) {
    for (Node item : ((SequenceNode) child(root, "slots").orElseThrow()).getValue()) {
      MappingNode declared = (MappingNode) item;
      if (child(declared, "id").map(SpecEdit::value).filter(slot::equals).isPresent()) {
        replace(child(declared, "learner").orElseThrow(), learner);
        return this;
      }
    }
    throw new IllegalArgumentException("the spec has no slot " + slot);
  }

  /**
   * Gives {@code events.schema} or {@code label.schema} another path; does nothing if there is
   * none.
   *
   * @param part {@code events} or {@code label}
   */
  public SpecEdit schema(String part, java.util.function.UnaryOperator<String> path) {
    child(root, part)
        .filter(MappingNode.class::isInstance)
        .flatMap(node -> child((MappingNode) node, "schema"))
        .ifPresent(node -> replace(node, path.apply(value(node))));
    return this;
  }

  /** The changed text. */
  public String text() {
    StringBuilder changed = new StringBuilder(text);
    changes.sort(Comparator.comparingInt(Change::from).reversed());
    for (Change change : changes) {
      changed.replace(change.from(), change.to(), change.value());
    }
    return changed.toString();
  }

  private void replace(Node node, String value) {
    // Marks count code points, as YAML does.
    int from = text.offsetByCodePoints(0, node.getStartMark().getIndex());
    int to = text.offsetByCodePoints(0, node.getEndMark().getIndex());
    String quoted = "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    changes.add(new Change(from, to, quoted));
  }

  private static Optional<Node> child(MappingNode node, String key) {
    return node.getValue().stream()
        .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode k && k.getValue().equals(key))
        .map(tuple -> tuple.getValueNode())
        .findFirst();
  }

  private static String value(Node node) {
    return ((ScalarNode) node).getValue();
  }
}

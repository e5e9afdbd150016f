/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import java.util.HashMap;
import java.util.Map;

/** Reads the topics' names, wherever they stand, fills in the others, and keeps them apart. */
final class TopicsReader {

  private final SpecNode root;
  private final String name;
  private final Map<String, String> uses = new HashMap<>();

  TopicsReader(SpecNode root, String name) {
    this.root = root;
    this.name = name;
  }

  /** Topic of the update log. */
  static String updates(String name) {
    return name + "-updates";
  }

  PipelineSpec.Topics read() {
    topic("events", name, "the events");
    SpecNode labels = root.at("label").at("topic");
    labels.text().ifPresent(topic -> claim(topic, "the labels", labels));
    if (root.at("snapshots").at("deltas").flag(false)) {
      fixed(updates(name), "the updates");
    }
    return new PipelineSpec.Topics(
        topic("predictions", name + "-predictions", "the predictions"),
        fixed(name + "-drift", "the drift events"),
        topic("evaluation", name + "-evaluations", "the evaluations"),
        topic("snapshots", name + "-snapshots", "the snapshots"),
        topic("rejects", name + "-rejects", "the rejects"),
        topic("control", name + "-control", "the commands"),
        fixed(name + "-control-acks", "the acknowledgements"));
  }

  private String topic(String section, String otherwise, String content) {
    SpecNode node = root.at(section).at("topic");
    String topic = node.text().orElse(otherwise);
    claim(topic, content, node);
    return topic;
  }

  private String fixed(String topic, String content) {
    claim(topic, content, root.at("name"));
    return topic;
  }

  private void claim(String topic, String content, SpecNode node) {
    String other = uses.putIfAbsent(topic, content);
    if (other != null && !name.isEmpty()) {
      node.error("'" + topic + "' would hold " + content + " and " + other + "; choose two topics");
    }
  }
}

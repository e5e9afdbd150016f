/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.spec.PipelineSpec;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The specs and the Kafka settings of a job as its parameters, which Flink's web UI shows as the
 * job's configuration: each value by its path in the YAML. What Flink would hide in its own
 * configuration, by the name of its key, is hidden here too.
 */
final class JobParameters {

  private final Map<String, String> values = new TreeMap<>();

  private JobParameters() {}

  /** Adds them to those that the environment has. */
  static void show(StreamExecutionEnvironment env, List<PipelineSpec> specs, KafkaOptions kafka) {
    JobParameters parameters = new JobParameters();
    env.getConfiguration()
        .getOptional(PipelineOptions.GLOBAL_JOB_PARAMETERS)
        .ifPresent(parameters.values::putAll);
    for (PipelineSpec spec : specs) {
      parameters.add(
          specs.size() == 1 ? "spec" : "specs." + spec.name(),
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .compose(new StringReader(spec.yaml())));
    }
    parameters.add("kafka.bootstrap-servers", kafka.bootstrapServers());
    parameters.add("kafka.group", kafka.group());
    parameters.add("kafka.from", kafka.start().toString());
    kafka.properties().forEach((key, value) -> parameters.add("kafka.properties." + key, value));
    Configuration changes = new Configuration();
    changes.set(PipelineOptions.GLOBAL_JOB_PARAMETERS, parameters.values);
    env.configure(changes);
  }

  private void add(String path, Node node) {
    if (node instanceof MappingNode map) {
      for (NodeTuple entry : map.getValue()) {
        add(path + "." + ((ScalarNode) entry.getKeyNode()).getValue(), entry.getValueNode());
      }
    } else if (node instanceof SequenceNode sequence) {
      List<Node> items = sequence.getValue();
      for (int i = 0; i < items.size(); i++) {
        add(path + "[" + i + "]", items.get(i));
      }
    } else if (node instanceof ScalarNode scalar) {
      add(path, scalar.getValue());
    }
  }

  private void add(String path, String value) {
    values.put(
        path, GlobalConfiguration.isSensitive(path) ? GlobalConfiguration.HIDDEN_CONTENT : value);
  }
}

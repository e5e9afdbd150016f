/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What Compose and Kubernetes tell the job is what it takes. */
class DeployedArgumentsTest {

  private static final Path ROOT = Path.of(System.getProperty("meander.root"));
  private static final YAMLMapper YAML = new YAMLMapper();

  @Test
  void compose() throws IOException {
    Object loaded = new Yaml().load(Files.readString(ROOT.resolve("docker-compose.yml")));
    String command = YAML.<JsonNode>valueToTree(loaded).at("/services/jobmanager/command").asText();
    String main = MeanderJob.class.getName();

    JobArguments read =
        parse(
            List.of(
                command.substring(command.indexOf(main) + main.length()).strip().split(" ", -1)));

    assertThat(read.specs()).containsExactly("file:///pipeline/pipeline.yaml");
    assertThat(read.bootstrapServers()).isEqualTo("kafka:29092");
  }

  @Test
  void kubernetes() throws IOException {
    Path file = ROOT.resolve("deploy/kubernetes/base/flinkdeployment.yaml");
    List<String> args =
        YAML.readTree(file.toFile())
            .at("/spec/job/args")
            .valueStream()
            .map(JsonNode::asText)
            .toList();

    JobArguments read = parse(args);

    assertThat(read.specs()).containsExactly("file:///opt/flink/pipeline/pipeline.yaml");
    assertThat(read.bootstrapServers()).isEqualTo("kafka:9092");
  }

  private static JobArguments parse(List<String> args) {
    return JobArguments.parse(args.toArray(String[]::new), new Configuration());
  }
}

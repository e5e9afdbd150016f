/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.meander.cli.local.BrokerProperties;
import io.meander.spec.SpecLoader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/**
 * What Compose and Kubernetes run is what {@code meander cluster} runs, at the build's versions.
 */
class DeployFilesTest {

  private static final ObjectMapper YAML = new YAMLMapper();
  private static final Path ROOT = Path.of(System.getProperty("meander.root"));

  /** Flink's own images set this one. */
  private static final String JVM_OPTIONS = "env.java.opts.all";

  /** What a broker has to itself: where it is, and how small it is to be beside Flink. */
  private static final List<String> ITS_OWN =
      List.of(
          "listeners",
          "listener\\.security\\.protocol\\.map",
          "controller\\.quorum\\.voters",
          "log\\.dirs",
          "num\\..*|background\\.threads|.*\\.num\\.partitions",
          "log\\.cleaner\\.dedupe\\.buffer\\.size|log\\.index\\.size\\.max\\.bytes");

  @TempDir Path folder;

  @Test
  void composeRunsFlinkWithTheSharedSettings() throws IOException {
    JsonNode services = compose().path("services");
    for (String name : List.of("jobmanager", "taskmanager")) {
      Map<String, String> properties =
          flat(YAML.readTree(services.path(name).at("/environment/FLINK_PROPERTIES").asText()));
      assertThat(properties).as(name).containsAllEntriesOf(shared());
    }
  }

  @Test
  void composeRunsTheVersionsOfTheBuild() throws IOException {
    JsonNode services = compose().path("services");
    String flink = "apache/flink:" + version("flink.version") + "-java17";
    String kafka = "apache/kafka:" + version("kafka.version");
    assertThat(services.at("/jobmanager/image").asText()).isEqualTo(flink);
    assertThat(services.at("/taskmanager/image").asText()).isEqualTo(flink);
    assertThat(services.at("/kafka/image").asText()).isEqualTo(kafka);
    assertThat(services.at("/topics/image").asText()).isEqualTo(kafka);
    assertThat(services.at("/jobmanager/volumes/0").asText())
        .startsWith("./flink-jobs/target/flink-jobs-" + projectVersion() + ".jar:");
    services.forEach(
        service -> {
          assertThat(service.path("image").asText())
              .matches(".+:.*[0-9].*")
              .doesNotContain("latest");
          assertThat(service.at("/deploy/resources/limits/memory").asText()).isNotEmpty();
          boolean once = service.path("restart").asText().equals("no");
          assertThat(once || service.has("healthcheck")).as(service.path("image")::asText).isTrue();
          service.path("ports").forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
        });
  }

  @Test
  void composesBrokerIsSetAsTheLocalOne() throws IOException {
    Properties local = new Properties();
    try (InputStream in = Files.newInputStream(BrokerProperties.prepare(folder, 1024))) {
      local.load(in);
    }
    JsonNode environment = compose().at("/services/kafka/environment");
    Map<String, String> expected = new TreeMap<>();
    for (String key : local.stringPropertyNames()) {
      if (ITS_OWN.stream().noneMatch(key::matches)) {
        expected.put(
            "KAFKA_" + key.toUpperCase(Locale.ROOT).replace('.', '_'), local.getProperty(key));
      }
    }
    assertThat(expected).hasSizeGreaterThan(10);
    assertThat(flat(environment)).containsAllEntriesOf(expected);
  }

  @Test
  void composeReadsTheExampleAndItsTopic() throws Exception {
    JsonNode services = compose().path("services");
    assertThat(services.at("/jobmanager/command").asText())
        .contains("--job-classname io.meander.flink.MeanderJob", "file:///pipeline/pipeline.yaml");
    assertThat(services.at("/jobmanager/volumes/1").asText())
        .isEqualTo("./examples/flights:/pipeline:ro");
    String topic = SpecLoader.load(ROOT.resolve("examples/flights/pipeline.yaml")).events().topic();
    assertThat(services.path("topics").path("command").toString()).contains("--topic=" + topic);
  }

  @Test
  void kubernetesRunsFlinkWithTheSharedSettings() throws IOException {
    JsonNode spec = YAML.readTree(file("deploy/kubernetes/base/flinkdeployment.yaml")).path("spec");
    spec.path("flinkConfiguration")
        .forEach(value -> assertThat(value.isTextual()).as("quoted: %s", value).isTrue());
    assertThat(flat(spec.path("flinkConfiguration"))).containsAllEntriesOf(shared());
    assertThat(spec.at("/job/upgradeMode").asText()).isEqualTo("savepoint");
    assertThat(spec.at("/job/entryClass").asText()).isEqualTo("io.meander.flink.MeanderJob");
    assertThat(spec.path("image").asText()).isEqualTo("meander-job:" + projectVersion());
    String docker = Files.readString(ROOT.resolve("deploy/docker/Dockerfile"));
    assertThat(docker)
        .contains("FROM apache/flink:" + version("flink.version") + "-java17")
        .contains("flink-jobs-" + projectVersion() + ".jar");
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "production"})
  void overlaysNameFilesThatExistAndGiveStateAPlace(String overlay) throws IOException {
    Path directory = ROOT.resolve("deploy/kubernetes/overlays").resolve(overlay);
    JsonNode kustomization = YAML.readTree(directory.resolve("kustomization.yaml").toFile());
    kustomization
        .path("resources")
        .forEach(r -> assertThat(directory.resolve(r.asText())).exists());
    kustomization
        .at("/configMapGenerator/0/files")
        .forEach(f -> assertThat(directory.resolve(f.asText())).isRegularFile());
    JsonNode patch = YAML.readTree(kustomization.at("/patches/0/patch").asText()).path("spec");
    assertThat(flat(patch.path("flinkConfiguration")))
        .containsKeys(
            "execution.checkpointing.dir",
            "execution.checkpointing.savepoint-dir",
            "high-availability.storageDir");
  }

  private static JsonNode compose() throws IOException {
    // As Compose does: anchors and merge keys resolved.
    Object loaded = new Yaml().load(Files.readString(ROOT.resolve("docker-compose.yml")));
    return YAML.valueToTree(loaded);
  }

  private static Map<String, String> shared() throws IOException {
    Map<String, String> settings = flat(YAML.readTree(file("deploy/flink/config.yaml")));
    settings.remove(JVM_OPTIONS);
    assertThat(settings).hasSizeGreaterThan(20);
    return settings;
  }

  private static Map<String, String> flat(JsonNode settings) {
    Map<String, String> flat = new TreeMap<>();
    settings.properties().forEach(entry -> flat.put(entry.getKey(), entry.getValue().asText()));
    return flat;
  }

  private static File file(String path) {
    return ROOT.resolve(path).toFile();
  }

  private static String version(String property) throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    String open = "<" + property + ">";
    int from = pom.indexOf(open) + open.length();
    return pom.substring(from, pom.indexOf("</" + property + ">"));
  }

  private static String projectVersion() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    int from = pom.indexOf("<artifactId>meander</artifactId>");
    return pom.substring(pom.indexOf("<version>", from) + 9, pom.indexOf("</version>", from));
  }
}

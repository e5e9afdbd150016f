/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static io.meander.flink.TestPipelines.flight;
import static io.meander.flink.TestPipelines.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.flink.kafka.PipelineTopics;
import io.meander.flink.kafka.TopicsException;
import io.meander.flink.learning.LearningOptions;
import io.meander.flink.wire.WireTypes;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

class LearningPipelineTest {

  private static final String LATE = "{field: late, classes: ['no', 'yes']}";

  /** Renaming one makes every savepoint of that operator unreadable. */
  @Test
  void operatorsKeepTheirUids() {
    StreamExecutionEnvironment env = environment(new Configuration());
    KafkaPipeline.build(env, TestPipelines.flights(), KafkaOptions.of("127.0.0.1:1", "flights"));

    assertThat(uids(env.getStreamGraph()))
        .containsExactlyInAnyOrder(
            "topic:flights",
            "flights/events",
            "flights/event-times",
            "topic:flights-control",
            "flights/control-gate",
            "flights/directives",
            "flights/control-answers",
            "flights/learning",
            "flights/predictions",
            "flights/predictions-sink",
            "flights/drifts",
            "flights/drifts-sink",
            "flights/partial-scores",
            "flights/overall-scores",
            "flights/part-scores",
            "flights/evaluations-sink",
            "flights/part-evaluations-sink",
            "flights/snapshots-sink",
            "flights/rejects-sink",
            "flights/acks-sink");
  }

  @Test
  void pipelinesThatShareAJobReadATopicOnceAndHaveOperatorsOfTheirOwn() throws Exception {
    PipelineSpec origins = TestPipelines.trips("origins", "origin", LATE);
    PipelineSpec carriers =
        TestPipelines.trips("carriers", "carrier", "{field: delay, above: 15, classes: [a, b]}");
    List<PipelineSpec> both = List.of(origins, carriers);
    StreamExecutionEnvironment env = environment(new Configuration());
    StreamExecutionEnvironment alone = environment(new Configuration());
    KafkaPipeline.build(env, both, KafkaOptions.of("127.0.0.1:1", "origins"));
    KafkaPipeline.build(alone, origins, KafkaOptions.of("127.0.0.1:1", "origins"));

    StreamGraph graph = env.getStreamGraph();
    Set<String> uids = uids(graph);
    assertThat(uids).containsAll(uids(alone.getStreamGraph()));
    assertThat(uids.stream().filter(uid -> uid.startsWith("topic:")))
        .containsExactlyInAnyOrder(
            "topic:trips", "topic:origins-control", "topic:carriers-control");
    assertThat(graph.getExecutionConfig().getGlobalJobParameters().toMap())
        .containsEntry("specs.origins.events.key[0]", "origin")
        .containsEntry("specs.carriers.events.key[0]", "carrier");
    assertThat(KafkaPipeline.name(both)).isEqualTo("origins, carriers");
  }

  @Test
  void pipelinesThatWriteOneTopicOrHaveOneNameCannotShareAJob() throws Exception {
    PipelineSpec origins = TestPipelines.trips("origins", "origin", LATE);
    PipelineSpec carriers =
        TestPipelines.trips("carriers", "carrier", LATE + "\nrejects: {topic: origins-drift}");

    PipelineTopics.requireApart(List.of(origins, TestPipelines.trips("carriers", "carrier", LATE)));
    assertThatThrownBy(() -> PipelineTopics.requireApart(List.of(origins, origins)))
        .isInstanceOf(TopicsException.class)
        .hasMessageContaining("name 'origins'");
    assertThatThrownBy(() -> PipelineTopics.requireApart(List.of(origins, carriers)))
        .isInstanceOf(TopicsException.class)
        .hasMessageContaining("'origins-drift'")
        .hasMessageContaining("'carriers'");
  }

  @Test
  void decodingHasTheSourcesParallelismSoThatAKeysOrderIsKept() {
    StreamExecutionEnvironment env = environment(new Configuration()).setParallelism(4);
    LearningPipeline.build(
        env.fromData(WireTypes.RAW_RECORD, raw(flight("f", "ATL", 1, 1, "no")))
            .setParallelism(1)
            .uid("source"),
        null,
        null,
        TestPipelines.flights(),
        LearningPipeline.Options.BOUNDED);

    StreamGraph graph = env.getStreamGraph();
    assertThat(parallelism(graph, "events")).isEqualTo(1);
    assertThat(parallelism(graph, "event-times")).isEqualTo(1);
    assertThat(parallelism(graph, "learning")).isEqualTo(4);
  }

  /** Each parent's model goes to every task of the children, so the two must agree. */
  @Test
  void parentsHaveTheParallelismOfTheirChildrenOrOneTaskInABoundedRun() {
    PipelineSpec spec =
        TestPipelines.flights().withParent(new PipelineSpec.Parent(List.of(), List.of(), 1));
    StreamExecutionEnvironment live = environment(new Configuration()).setParallelism(4);
    KafkaPipeline.build(live, spec, KafkaOptions.of("127.0.0.1:1", "flights"));
    StreamGraph graph = live.getStreamGraph();
    assertThat(parallelism(graph, "parent")).isEqualTo(4);
    assertThat(parallelism(graph, "learning")).isEqualTo(4);

    StreamExecutionEnvironment bounded = environment(new Configuration()).setParallelism(4);
    LearningPipeline.build(
        bounded
            .fromData(WireTypes.RAW_RECORD, raw(flight("f", "ATL", 1, 1, "no")))
            .setParallelism(1)
            .uid("source"),
        null,
        null,
        spec,
        LearningPipeline.Options.BOUNDED);
    graph = bounded.getStreamGraph();
    assertThat(parallelism(graph, "parent")).isEqualTo(1);
    assertThat(parallelism(graph, "learning")).isEqualTo(4);
  }

  @Test
  void sinksHaveTheirInputsParallelismSoThatOrderIsKept() {
    StreamExecutionEnvironment env = environment(new Configuration()).setParallelism(4);
    KafkaPipeline.build(env, TestPipelines.flights(), KafkaOptions.of("127.0.0.1:1", "flights"));

    StreamGraph graph = env.getStreamGraph();
    assertThat(parallelism(graph, "acks-sink")).isEqualTo(1);
    assertThat(parallelism(graph, "evaluations-sink")).isEqualTo(1);
    assertThat(parallelism(graph, "predictions-sink")).isEqualTo(4);
    assertThat(parallelism(graph, "snapshots-sink")).isEqualTo(4);
  }

  @Test
  void aJobsParametersAreItsSpecAndKafkaSettingsWithSecretsHidden() throws Exception {
    Configuration config = new Configuration();
    config.setString("pipeline.global-job-parameters", "team:rivers");
    StreamExecutionEnvironment env = environment(config);
    KafkaOptions kafka =
        new KafkaOptions(
            "127.0.0.1:1",
            "g",
            KafkaOptions.Start.EARLIEST,
            Map.of(
                "security.protocol",
                "SASL_SSL",
                "ssl.keystore.password",
                "unsayable",
                "sasl.jaas.config",
                "Login required password=unsayable;"));
    PipelineSpec spec =
        SpecLoader.parse(
            """
            name: flights
            events: {topic: flights, schema: flight.avsc, key: [origin], id: id}
            label: {field: late, classes: ["no", "yes"]}
            features: [miles]
            slots: [{id: tree, learner: trees.HoeffdingTree}]
            """,
            file -> TestPipelines.FLIGHT.toString());
    KafkaPipeline.build(env, spec, kafka);

    assertThat(env.getStreamGraph().getExecutionConfig().getGlobalJobParameters().toMap())
        .containsEntry("team", "rivers")
        .containsEntry("spec.name", "flights")
        .containsEntry("spec.events.key[0]", "origin")
        .containsEntry("spec.slots[0].learner", "trees.HoeffdingTree")
        .containsEntry("kafka.from", "earliest")
        .containsEntry("kafka.properties.security.protocol", "SASL_SSL")
        .containsEntry("kafka.properties.ssl.keystore.password", "******")
        .containsEntry("kafka.properties.sasl.jaas.config", "******");
  }

  @Test
  void theCachesSizeIsFlinksToConfigure() {
    Configuration config = new Configuration();
    config.setString("meander.cache.size", "64mb");

    assertThat(KafkaPipeline.learning(environment(config)).cacheBytes()).isEqualTo(64L << 20);
    assertThat(KafkaPipeline.learning(environment(new Configuration())))
        .isEqualTo(LearningOptions.LIVE);
  }

  /** Each is in the table of docs/operations.md, with its default. */
  @Test
  void everyOptionOfFlinksConfigurationIsDocumented() throws Exception {
    String docs =
        Files.readString(Path.of(System.getProperty("meander.root"), "docs", "operations.md"));
    for (Field field : MeanderOptions.class.getFields()) {
      ConfigOption<?> option = (ConfigOption<?>) field.get(null);
      String byDefault =
          option.hasDefaultValue() && !Map.of().equals(option.defaultValue())
              ? "`" + option.defaultValue() + "`"
              : "";
      assertThat(docs).contains("| `%s` | %s |".formatted(option.key(), byDefault));
    }
  }

  @Test
  void whatCorrectnessRestsOnIsSetWhateverTheConfigurationSays() {
    Configuration config = new Configuration();
    config.set(PipelineOptions.GENERIC_TYPES, true);
    config.set(PipelineOptions.AUTO_GENERATE_UIDS, true);
    StreamExecutionEnvironment env = environment(config);

    JobDefaults.apply(env);

    assertThat(env.getConfiguration().get(PipelineOptions.GENERIC_TYPES)).isFalse();
    assertThat(env.getConfiguration().get(PipelineOptions.AUTO_GENERATE_UIDS)).isFalse();
    assertThat(env.getConfiguration().get(PipelineOptions.OBJECT_REUSE)).isTrue();
    assertThat(env.getMaxParallelism()).isEqualTo(128);
  }

  @Test
  void defaultsGiveWayToTheConfiguration() {
    Configuration config = new Configuration();
    config.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMinutes(1));
    StreamExecutionEnvironment configured = environment(config);
    StreamExecutionEnvironment plain = environment(new Configuration());

    JobDefaults.applyLive(configured);
    JobDefaults.applyLive(plain);

    assertThat(configured.getConfiguration().get(StateBackendOptions.STATE_BACKEND))
        .isEqualTo("hashmap");
    assertThat(configured.getCheckpointConfig().getCheckpointInterval()).isEqualTo(60_000);
    assertThat(plain.getConfiguration().get(StateBackendOptions.STATE_BACKEND))
        .isEqualTo("rocksdb");
    assertThat(plain.getCheckpointConfig().getCheckpointInterval()).isEqualTo(10_000);
  }

  private static StreamExecutionEnvironment environment(Configuration config) {
    return StreamExecutionEnvironment.createLocalEnvironment(config);
  }

  private static Set<String> uids(StreamGraph graph) {
    return nodes(graph).stream()
        .map(StreamNode::getTransformationUID)
        .filter(uid -> !uid.startsWith("Sink Committer: ")) // named after its sink
        .collect(Collectors.toSet());
  }

  private static int parallelism(StreamGraph graph, String operator) {
    String uid = PipelineUids.of(TestPipelines.flights(), operator);
    return nodes(graph).stream()
        .filter(node -> uid.equals(node.getTransformationUID()))
        .findFirst()
        .orElseThrow()
        .getParallelism();
  }

  private static List<StreamNode> nodes(StreamGraph graph) {
    return List.copyOf(graph.getStreamNodes());
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar that a cluster gets, as it was packaged. */
class JobJarIT {

  private static final long MOST_BYTES = 60_000_000;
  private static final Path JAR =
      Path.of(
          System.getProperty("meander.root"),
          "flink-jobs",
          "target",
          "flink-jobs-" + System.getProperty("meander.version") + ".jar");

  private static final Pattern FLINKS =
      Pattern.compile(
          "(flink-(?!connector-(?!datagen)|jobs)|slf4j-api|commons-(cli|lang3)|snakeyaml-engine|kryo|minlog|objenesis).*\\.jar");

  private static final Pattern BUNDLED =
      Pattern.compile(" *\\((?<licence>[^)]+)\\) .*\\((?<artifact>[^:(]+:[^:]+):.*\\)");

  @TempDir private Path directory;

  @Test
  void holdsWhatAClusterLacksAndNothingItHas() throws IOException {
    List<String> names;
    try (JarFile jar = new JarFile(JAR.toFile())) {
      names = jar.stream().map(ZipEntry::getName).toList();
      assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo(MeanderJob.class.getName());
      assertThat(text(jar, "META-INF/LICENSE"))
          .contains("GNU GENERAL PUBLIC LICENSE")
          .isEqualTo(
              Files.readString(Path.of(System.getProperty("meander.root")).resolve("LICENSE")));
      assertThat(text(jar, "META-INF/NOTICE")).contains("Apache Avro", "datasketches", "Jackson");
    }

    assertThat(Files.size(JAR)).isLessThan(MOST_BYTES);
    assertThat(names)
        .contains(
            "io/meander/flink/MeanderJob.class",
            "io/meander/state/MeanderRocksDBOptionsFactory.class",
            "moa/classifiers/trees/HoeffdingTree.class",
            "org/apache/flink/connector/kafka/source/KafkaSource.class",
            "org/apache/kafka/clients/producer/KafkaProducer.class",
            "org/apache/avro/Schema.class");
    assertThat(names)
        .noneMatch(name -> name.startsWith("org/slf4j/"))
        .noneMatch(name -> name.startsWith("org/apache/log4j/"))
        .noneMatch(name -> name.startsWith("org/apache/logging/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/runtime/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/streaming/api/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/shaded/"))
        .noneMatch(name -> name.startsWith("org/apache/flink/state/"))
        .noneMatch(name -> name.startsWith("org/rocksdb/"))
        .noneMatch(name -> name.startsWith("javax/annotation/"))
        .noneMatch(name -> name.endsWith("module-info.class"))
        .noneMatch(name -> name.startsWith("META-INF/") && name.endsWith(".SF"));
  }

  /** Each bundled artifact by name, and the text of each licence that one of them has. */
  @Test
  void saysWhatItBundlesAndUnderWhichLicence() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<Matcher> bundled =
          text(jar, "META-INF/THIRD-PARTY.txt")
              .lines()
              .map(BUNDLED::matcher)
              .filter(Matcher::matches)
              .toList();

      assertThat(bundled)
          .extracting(line -> line.group("artifact"))
          .contains(
              "nz.ac.waikato.cms.moa:moa",
              "dev.cel:compiler",
              "com.google.protobuf:protobuf-java",
              "org.antlr:antlr4-runtime",
              "com.google.re2j:re2j",
              "com.google.geometry:s2-geometry",
              "com.github.luben:zstd-jni",
              "org.yaml:snakeyaml",
              "com.networknt:json-schema-validator",
              "org.apache.kafka:kafka-clients");
      assertThat(bundled)
          .extracting(line -> line.group("licence"))
          .filteredOn(licence -> !licence.equals("GPL-3.0"))
          .isNotEmpty()
          .allSatisfy(
              licence ->
                  assertThat(jar.getEntry("META-INF/licenses/" + licence + ".txt")).isNotNull());
    }
  }

  private static String text(JarFile jar, String name) throws IOException {
    return new String(
        jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void saysHowItIsUsed() throws Exception {
    assertThat(run("--help")).contains("Usage: flink run");
  }

  @Test
  void saysWhichFileCannotBeRead() throws Exception {
    String none = directory.resolve("none.yaml").toString();

    assertThat(run("--spec", none)).contains("--spec: '" + none + "' cannot be read");
  }

  @Test
  void saysWhatIsWrongInTheSpec() throws Exception {
    assertThat(run("--spec", spec("trees.HoefdingTree")))
        .contains("slots[0].learner")
        .contains("trees.HoeffdingTree");
  }

  /**
   * Nothing that reading a spec, checking learners and asking Kafka needs is missing in the jar.
   */
  @Test
  void saysThatNoBrokerAnswers() throws Exception {
    Files.writeString(
        directory.resolve("kafka.properties"),
        "default.api.timeout.ms=2000\nrequest.timeout.ms=1000\n");
    spec("trees.HoeffdingTree");

    assertThat(
            run(
                "--spec",
                "pipeline.yaml",
                "--bootstrap-servers",
                "127.0.0.1:1",
                "--properties",
                "kafka.properties"))
        .contains("no Kafka broker answers at 127.0.0.1:1");
  }

  private String spec(String learner) throws IOException {
    Files.writeString(directory.resolve("flight.avsc"), TestPipelines.FLIGHT.toString());
    return Files.writeString(
            directory.resolve("pipeline.yaml"),
            """
            name: flights
            events: {topic: flights, schema: flight.avsc, key: [origin], id: id}
            label: {field: late, classes: ["no", "yes"]}
            features: [miles, {name: far, value: "miles > 500"}]
            slots: [{id: tree, learner: "%s"}]
            """
                .formatted(learner))
        .toString();
  }

  /** Runs the jar's main class beside Flink's own jars and nothing else; what it printed. */
  private String run(String... args) throws Exception {
    Path out = directory.resolve("out.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                JAR + File.pathSeparator + flinksJars(),
                MeanderJob.class.getName()));
    command.addAll(Arrays.asList(args));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  /**
   * As in Flink's distribution, which has one connector, that of streaming's own sources, and what
   * reading its configuration and making an environment need.
   */
  private static String flinksJars() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(jar -> FLINKS.matcher(Path.of(jar).getFileName().toString()).matches())
        .collect(Collectors.joining(File.pathSeparator));
  }
}

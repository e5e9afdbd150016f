/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.flink.kafka.PipelineTopics;
import io.meander.flink.kafka.TopicsException;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job's {@code main}: reads the specs, checks Kafka, builds the pipelines and submits them.
 * What the user can put right is told without a stack trace, by {@code flink run} too.
 */
public final class MeanderJob {

  private static final Logger LOG = LoggerFactory.getLogger(MeanderJob.class);

  private MeanderJob() {}

  public static void main(String[] args) throws Exception {
    if (JobArguments.asksForHelp(args)) {
      System.out.print(JobArguments.USAGE);
      return;
    }
    try {
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
      run(env, JobArguments.parse(args, env.getConfiguration()));
    } catch (IllegalArgumentException e) {
      throw new ProgramParametrizationException(e.getMessage() + "\n\n" + JobArguments.USAGE);
    } catch (SpecException | TopicsException e) {
      throw new ProgramParametrizationException(e.getMessage());
    }
  }

  private static void run(StreamExecutionEnvironment env, JobArguments arguments) throws Exception {
    List<PipelineSpec> specs = new ArrayList<>();
    for (String location : arguments.specs()) {
      try {
        specs.add(spec(location));
      } catch (SpecException e) {
        throw arguments.specs().size() == 1 ? e : e.of(location);
      }
    }
    PipelineTopics.requireApart(specs);
    KafkaOptions options = arguments.kafka(specs.get(0).name(), properties(arguments));
    for (PipelineSpec spec : specs) {
      spec.liveWarnings()
          .forEach(
              warning -> LOG.warn("{}: {}: {}", spec.name(), warning.path(), warning.message()));
      for (String topic : new PipelineTopics(spec, options).prepare()) {
        LOG.info("Created the topic {}", topic);
      }
    }
    arguments.parallelism().ifPresent(env::setParallelism);
    KafkaPipeline.build(env, specs, options);
    env.execute(KafkaPipeline.name(specs));
  }

  private static PipelineSpec spec(String location) throws SpecException {
    Path folder = new Path(location).getParent();
    return SpecLoader.parse(readArgument("--spec", location), file -> read(new Path(folder, file)));
  }

  private static Map<String, String> properties(JobArguments arguments) throws IOException {
    Map<String, String> map = new HashMap<>();
    if (arguments.properties().isPresent()) {
      Properties properties = new Properties();
      properties.load(new StringReader(readArgument("--properties", arguments.properties().get())));
      properties.stringPropertyNames().forEach(k -> map.put(k, properties.getProperty(k)));
    }
    return map;
  }

  private static String readArgument(String option, String location) {
    try {
      return read(new Path(location));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          option + ": '" + location + "' cannot be read: " + e.getMessage(), e);
    }
  }

  private static String read(Path path) throws IOException {
    try (InputStream in = path.getFileSystem().open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

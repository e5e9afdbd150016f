/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobArgumentsTest {

  @Test
  void hasDefaultsForAllButTheSpec() {
    JobArguments arguments = parse("--spec", "p.yaml");

    assertThat(arguments)
        .isEqualTo(
            new JobArguments(
                List.of("p.yaml"),
                "localhost:9092",
                null,
                KafkaOptions.Start.COMMITTED,
                null,
                null,
                Map.of()));
    assertThat(arguments.kafka("flights", Map.of()))
        .isEqualTo(
            new KafkaOptions(
                "localhost:9092", "meander-flights", KafkaOptions.Start.COMMITTED, Map.of()));
  }

  @Test
  void takesAllOfThemApartOrWithAnEqualsSign() {
    assertThat(
            parse(
                "--spec=hdfs://x/p.yaml",
                "--bootstrap-servers",
                "a:1,b:2",
                "--group=g",
                "--from",
                "latest",
                "--parallelism",
                "8",
                "--properties=kafka.properties"))
        .isEqualTo(
            new JobArguments(
                List.of("hdfs://x/p.yaml"),
                "a:1,b:2",
                "g",
                KafkaOptions.Start.LATEST,
                8,
                "kafka.properties",
                Map.of()));
  }

  @Test
  void takesSeveralSpecsAndThoseOfFlinksConfigurationWhereThereAreNone() {
    Configuration flink = new Configuration();
    flink.setString("meander.spec", "c.yaml;hdfs://x/d.yaml");

    assertThat(JobArguments.parse(new String[] {"--spec", "a", "--spec=b"}, flink).specs())
        .containsExactly("a", "b");
    assertThat(JobArguments.parse(new String[] {}, flink).specs())
        .containsExactly("c.yaml", "hdfs://x/d.yaml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "| --spec is missing: the path or URI of a pipeline spec, here or as meander.spec in Flink's"
            + " configuration",
        "--spec| --spec needs a value",
        "--spec --group| --spec needs a value",
        "--spec a --group b --group=c| --group is given twice",
        "--spec a --parallelism none| --parallelism: 'none' is not a number from 1 to 128",
        "--spec a --parallelism 129| --parallelism: '129' is not a number from 1 to 128",
        "--spec a --from newest| --from: 'newest' is not a start; allowed: earliest, latest,"
            + " committed, or a time such as 2001-07-01T00:00:00Z"
      })
  void refusesWithWhatIsAllowed(String line, String message) {
    String[] args = line == null ? new String[0] : line.split(" ");

    assertThatThrownBy(() -> parse(args)).hasMessage(message);
  }

  @Test
  void namesTheNearestOption() {
    assertThatThrownBy(() -> parse("--spce", "p.yaml"))
        .hasMessageStartingWith("'--spce' is not an option; did you mean '--spec'");
  }

  @Test
  void takesFromFlinksConfigurationWhatTheArgumentsLeaveOut() {
    Configuration flink = new Configuration();
    flink.setString("meander.spec", "s3://specs/p.yaml");
    flink.setString("meander.kafka.bootstrap-servers", "a:1");
    flink.setString("meander.kafka.group", "configured");
    flink.setString("meander.kafka.from", "earliest");
    flink.setString("meander.kafka.properties.security.protocol", "SSL");
    flink.setString("meander.kafka.properties.client.id", "configured");

    JobArguments arguments = JobArguments.parse(new String[] {"--group", "given"}, flink);

    assertThat(arguments.specs()).containsExactly("s3://specs/p.yaml");
    assertThat(arguments.kafka("flights", Map.of("client.id", "of the file")))
        .isEqualTo(
            new KafkaOptions(
                "a:1",
                "given",
                KafkaOptions.Start.EARLIEST,
                Map.of("security.protocol", "SSL", "client.id", "of the file")));
  }

  @Test
  void namesTheOptionOfFlinksConfigurationThatIsWrong() {
    Configuration flink = new Configuration();
    flink.setString("meander.kafka.from", "newest");

    assertThatThrownBy(() -> JobArguments.parse(new String[] {"--spec", "p.yaml"}, flink))
        .hasMessageStartingWith("meander.kafka.from: 'newest' is not a start");
  }

  private static JobArguments parse(String... args) {
    return JobArguments.parse(args, new Configuration());
  }
}

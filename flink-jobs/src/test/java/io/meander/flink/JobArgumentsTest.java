/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobArgumentsTest {

  @Test
  void hasDefaultsForAllButTheSpec() {
    JobArguments arguments = JobArguments.parse(new String[] {"--spec", "p.yaml"});

    assertThat(arguments)
        .isEqualTo(
            new JobArguments(
                "p.yaml", "localhost:9092", null, KafkaOptions.Start.COMMITTED, null, null));
    assertThat(arguments.kafka("flights", Map.of()))
        .isEqualTo(
            new KafkaOptions(
                "localhost:9092", "meander-flights", KafkaOptions.Start.COMMITTED, Map.of()));
  }

  @Test
  void takesAllOfThemApartOrWithAnEqualsSign() {
    assertThat(
            JobArguments.parse(
                new String[] {
                  "--spec=hdfs://x/p.yaml",
                  "--bootstrap-servers",
                  "a:1,b:2",
                  "--group=g",
                  "--from",
                  "latest",
                  "--parallelism",
                  "8",
                  "--properties=kafka.properties"
                }))
        .isEqualTo(
            new JobArguments(
                "hdfs://x/p.yaml",
                "a:1,b:2",
                "g",
                KafkaOptions.Start.LATEST,
                8,
                "kafka.properties"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "| --spec is missing: the path or URI of a pipeline spec",
        "--spec| --spec needs a value",
        "--spec --group| --spec needs a value",
        "--spec a --spec b| --spec is given twice",
        "--spec a --parallelism none| --parallelism: 'none' is not a number from 1 to 128",
        "--spec a --parallelism 129| --parallelism: '129' is not a number from 1 to 128",
        "--spec a --from newest| --from: 'newest' is not a start; allowed: earliest, latest,"
            + " committed, or a time such as 2001-07-01T00:00:00Z"
      })
  void refusesWithWhatIsAllowed(String line, String message) {
    String[] args = line == null ? new String[0] : line.split(" ");

    assertThatThrownBy(() -> JobArguments.parse(args)).hasMessage(message);
  }

  @Test
  void namesTheNearestOption() {
    assertThatThrownBy(() -> JobArguments.parse(new String[] {"--spce", "p.yaml"}))
        .hasMessageStartingWith("'--spce' is not an option; did you mean '--spec'");
  }
}

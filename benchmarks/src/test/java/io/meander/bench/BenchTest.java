/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void saysWhichScenariosThereAre() {
    assertThat(run("state", "--only", "bariers")).isEqualTo(2);
    assertThat(err.toString())
        .contains("there is no scenario 'bariers'; there are learning, grown, barrier, misses")
        .contains("Usage: meander bench");
  }

  @Test
  void refusesAFileThatCannotBeWrittenBeforeItMeasures() {
    assertThat(run("state", "--json", "no-such-folder/x.json")).isEqualTo(2);
    assertThat(err.toString()).contains("--json: cannot write 'no-such-folder/x.json'");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void refusesARunThatIsNone() {
    assertThat(run("state", "--runs", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--runs: found 0; allowed: 1 and more");
  }

  @Test
  void knowsNoOtherSuite() {
    assertThat(run("latencies")).isEqualTo(2);
  }

  @Test
  void writesTheFieldsThatReadersRelyOnAndNullForWhatWasNotMeasured() {
    Measurement measurement =
        new Measurement(
            "barrier",
            "meander",
            "trees.HoeffdingTree",
            3,
            1,
            "agrawal",
            9,
            2,
            Measurement.Spread.of(List.of(3.0, 1.0)),
            null,
            Measurement.Tail.of(List.of(5.0, 1.0, 3.0)),
            Measurement.Sizes.of(List.of(7.0)),
            null,
            null,
            Map.of("images", 1.0));

    JsonNode json = new ObjectMapper().valueToTree(measurement);

    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .containsExactly(
            "scenario",
            "design",
            "learner",
            "keys",
            "parallelism",
            "source",
            "events",
            "runs",
            "events_per_second",
            "ratio_to_moa",
            "barrier_millis",
            "barrier_bytes",
            "latency_millis",
            "allocated_bytes_per_event",
            "figures");
    assertThat(json.get("events_per_second").toString())
        .isEqualTo("{\"min\":1.0,\"median\":2.0,\"max\":3.0}");
    assertThat(json.get("barrier_millis").toString())
        .isEqualTo("{\"p50\":3.0,\"p99\":5.0,\"p999\":null,\"max\":5.0}");
    assertThat(json.get("ratio_to_moa").isNull()).isTrue();
    assertThat(MeasurementTable.row(measurement)).startsWith("| barrier | agrawal |");
  }

  private int run(String... arguments) {
    return Bench.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}

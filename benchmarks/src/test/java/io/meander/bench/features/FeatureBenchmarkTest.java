/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.bench.Measurement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureBenchmarkTest {

  @Test
  void measuresAllTogetherAndEachFormAlone() throws Exception {
    List<Measurement> measured = new ArrayList<>();
    new FeatureBenchmark(Path.of("../examples/flights/flights.csv.gz"), 2_000, 1, what -> {})
        .run(measured::add);

    assertThat(measured).hasSize(16);
    assertThat(measured.get(0).scenario()).isEqualTo("features: 15 features");
    assertThat(measured)
        .allSatisfy(
            m -> {
              assertThat(m.figures().get("ns_per_event")).isPositive();
              assertThat(m.allocatedBytesPerEvent()).isPositive();
              assertThat(m.learner()).isNull();
            });
    // A window over labels holds panes of its own, one over nothing none.
    Measurement window =
        measured.stream().filter(m -> m.scenario().endsWith("mean 3h, labels")).findAny().get();
    assertThat(window.figures().get("state_bytes_max"))
        .isGreaterThan(30)
        .isLessThanOrEqualTo(window.figures().get("state_bytes_bound"));
    assertThat(measured.get(1).figures()).doesNotContainKey("state_bytes_max");
  }
}

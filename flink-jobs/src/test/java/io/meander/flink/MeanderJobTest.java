/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeanderJobTest {

  @TempDir Path directory;

  @Test
  void anErrorInOneOfSeveralSpecsSaysInWhich() throws Exception {
    String good = spec("good.yaml", "");
    String bad = spec("bad.yaml", "evaluation: {every: 0s}\n");

    assertThatThrownBy(() -> MeanderJob.main(new String[] {"--spec", good, "--spec", bad}))
        .isInstanceOf(ProgramParametrizationException.class)
        .hasMessageStartingWith(bad + ": evaluation.every: found '0s'");
    assertThatThrownBy(() -> MeanderJob.main(new String[] {"--spec", bad}))
        .hasMessageStartingWith("evaluation.every: found '0s'");
  }

  private String spec(String name, String more) throws IOException {
    Files.writeString(
        directory.resolve("event.avsc"),
        """
        {"type": "record", "name": "Event", "fields": [
          {"name": "id", "type": "string"}, {"name": "x", "type": "double"},
          {"name": "y", "type": "boolean"}]}
        """);
    String yaml =
        """
        name: points
        events: {topic: points, schema: event.avsc, id: id}
        label: {field: y}
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        """;
    return Files.writeString(directory.resolve(name), yaml + more).toString();
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.models.LabelOutcome;
import io.meander.models.LabelResult;
import io.meander.models.Observation;
import io.meander.models.Step;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndedWaitsTest {

  private final List<String> seen = new ArrayList<>();

  @Test
  void anEndedWaitStandsBeforeTheRecordWithWhoseTimeItWasOver() throws Exception {
    EndedWaits waits = new EndedWaits(spec("\"no\""), this::see);

    waits.next(record(0, 1000));
    waits.next(record(1, 3000));
    waits.next(record(2, 4000));
    assertThat(seen).isEmpty();

    waits.watermark(999);
    assertThat(seen).containsExactly("record 0");
    waits.add(ended(2500, 7));
    waits.add(ended(2000, 9));
    waits.add(ended(2000, 8));
    waits.watermark(2999);

    assertThat(seen)
        .containsExactly(
            "record 0", "wait 8 at 2000", "wait 9 at 2000", "wait 7 at 2500", "record 1");
  }

  @Test
  void whatIsLeftComesAtTheEnd() throws Exception {
    EndedWaits waits = new EndedWaits(spec("\"no\""), this::see);
    waits.next(record(0, 1000));
    waits.next(record(1, 3000));
    waits.add(ended(9000, 3));

    waits.flush();

    assertThat(seen).containsExactly("record 0", "record 1", "wait 3 at 9000");
  }

  @Test
  void nobodyWaitsWhereTheOrderDoesNotMatter() throws Exception {
    EndedWaits waits = new EndedWaits(spec("drop"), this::see);

    waits.next(record(0, 1000));
    waits.next(record(1, 3000));
    waits.add(ended(2000, 3));

    assertThat(seen).containsExactly("record 0", "record 1", "wait 3 at 2000");
  }

  private void see(Step step) {
    seen.add(
        step.sequence() == Observation.UNNUMBERED
            ? "wait " + step.labels().get(0).event() + " at " + step.time()
            : "record " + step.sequence());
  }

  private static Step record(long number, long time) {
    return Step.ofLabels(number, List.of(), List.of(), time);
  }

  private static Step ended(long time, long event) {
    return Step.ofLabels(
        Observation.UNNUMBERED,
        List.of(new LabelResult(LabelOutcome.NEVER, event, 0, time, null)),
        List.of(),
        time);
  }

  private static PipelineSpec spec(String otherwise) throws SpecException {
    return SpecLoader.parse(
        """
        name: n
        events: {schema: e.avsc, id: id, time: {field: t, out-of-orderness: 0s}}
        label: {topic: l, schema: e.avsc, field: y, classes: ["no", "yes"], otherwise: %s}
        features: [x]
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        """
            .formatted(otherwise),
        path ->
            """
            {"type": "record", "name": "E", "fields": [
              {"name": "id", "type": "string"},
              {"name": "t", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "x", "type": "double"},
              {"name": "y", "type": "string"}]}
            """);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.meander.flink.wire.WireTypes;
import io.meander.models.Arrival;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Labels without their events' keys. */
class KeyResolverTest {

  @Test
  void aLabelThatCameFirstLeavesAsEarlyBeforeItsEventInABoundedRun() throws Exception {
    List<Arrival> out =
        through(new KeyResolver(spec(), true), label("a"), event("a"), event("b"), label("b"));

    assertThat(out)
        .extracting(Arrival::eventId, Arrival::key, KeyResolverTest::isEarly)
        .containsExactly(
            tuple("a", "k", true),
            tuple("a", "k", false),
            tuple("b", "k", false),
            tuple("b", "k", false));
    assertThat(out.get(0)).isInstanceOf(LabelArrival.class);
    assertThat(out.get(1)).isInstanceOf(Observation.class);
  }

  @Test
  void labelsAloneLeaveInALiveJobAndSayWhetherTheyWereEarly() throws Exception {
    List<Arrival> out =
        through(new KeyResolver(spec(), false), label("a"), event("a"), event("b"), label("b"));

    assertThat(out)
        .extracting(Arrival::eventId, KeyResolverTest::isEarly)
        .containsExactly(tuple("a", true), tuple("b", false));
  }

  private static boolean isEarly(Arrival arrival) {
    return arrival instanceof LabelArrival label && label.early();
  }

  private static Observation event(String id) {
    return new Observation(0, id, "k", 100, new double[] {1}, Observation.NO_LABEL, new String[0]);
  }

  private static LabelArrival label(String id) {
    return new LabelArrival(1, id, LabelRecordReader.UNRESOLVED, 90, 1, false);
  }

  private static List<Arrival> through(KeyResolver resolver, Arrival... arrivals) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(resolver), Arrival::eventId, Types.STRING);
    harness.setup(
        WireTypes.ARRIVAL.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
    harness.open();
    for (Arrival arrival : arrivals) {
      harness.processElement(arrival, arrival.time());
    }
    List<Arrival> out = harness.extractOutputValues();
    harness.close();
    return out;
  }

  private static PipelineSpec spec() throws SpecException {
    return SpecLoader.parse(
        """
        name: n
        events: {schema: e.avsc, key: [k], id: id, time: {field: t, out-of-orderness: 0s}}
        label: {topic: l, schema: e.avsc, resolve: by-id, id: id, field: y, classes: ["no", "yes"],
                time: {field: t}}
        features: [x]
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        """,
        path ->
            """
            {"type": "record", "name": "E", "fields": [
              {"name": "id", "type": "string"}, {"name": "k", "type": "string"},
              {"name": "t", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "x", "type": "double"}, {"name": "y", "type": "string"}]}
            """);
  }
}

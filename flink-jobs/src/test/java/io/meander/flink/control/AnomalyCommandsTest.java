/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.avro.ControlAck;
import io.meander.avro.Deploy;
import io.meander.avro.DriftDeclaration;
import io.meander.avro.ServeDeclaration;
import io.meander.avro.SlotDeclaration;
import io.meander.models.DriftSpec;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be deployed where events are scored, and what cannot. */
class AnomalyCommandsTest {

  private static final String TREES = "oneclass.HSTrees -t 3 -h 5";

  private GateHarness gate;

  @BeforeEach
  void open() throws Exception {
    gate = new GateHarness(spec());
    assertThat(send(deploy(slot("trees", TREES), slot("more", TREES))).getAccepted()).isTrue();
  }

  @AfterEach
  void close() {
    gate.close();
  }

  @Test
  void takesAnotherDetectorAndHowItsScoreIsWatched() throws Exception {
    Deploy deploy = deploy(slot("trees", TREES), slot("net", "oneclass.Autoencoder -h 3"));
    deploy.setDrift(drift("score", "reset"));

    assertThat(send(deploy).getAccepted()).isTrue();
    assertThat(gate.deployment().drift().every().signal()).isEqualTo(DriftSpec.Signal.SCORE);
    assertThat(gate.deployment().serve().decision()).isEqualTo(spec().serve().decision());
  }

  @Test
  void refusesLearnersOfOtherTasks() throws Exception {
    assertRefused(
        deploy(slot("trees", TREES), slot("nb", "bayes.NaiveBayes")),
        "slots[1].learner: 'bayes.NaiveBayes': it is for classification, not for finding"
            + " anomalies");
    assertRefused(
        deploy(slot("rules", "rules.AMRulesRegressor")),
        "slots[0].learner: 'rules.AMRulesRegressor': it is for regression, not for finding"
            + " anomalies");
  }

  @Test
  void refusesToServeByAComparisonOfScores() throws Exception {
    Deploy deploy = deploy(slot("trees", TREES), slot("more", TREES));
    deploy.setServe(new ServeDeclaration("vote", 50L, 0.02, 0.0, 0L, 0L));

    assertRefused(
        deploy, "serve.policy: found 'vote', and scores of different learners cannot be compared");
  }

  @Test
  void refusesToWatchWhatNeedsLabelsAndPoliciesWithoutAMeaning() throws Exception {
    Deploy deploy = deploy(slot("trees", TREES), slot("more", TREES));
    deploy.setDrift(drift("error", "reset"));
    assertRefused(deploy, "drift.signal: found 'error', which needs labels");
    deploy.setDrift(drift("score", "switch"));
    assertRefused(deploy, "drift.on_drift: found 'switch'; of anomalies, use alert, reset");
    deploy.setDrift(null);
    deploy.getSlots().get(1).setDrift(drift("score", "boost"));
    assertRefused(deploy, "slots[1].drift.on_drift: found 'boost'; of anomalies, use alert");
  }

  private void assertRefused(Deploy deploy, String reason) throws Exception {
    int messages = gate.messages().size();
    ControlAck ack = send(deploy);
    assertThat(ack.getAccepted()).isFalse();
    assertThat(ack.getReason()).startsWith(reason);
    assertThat(gate.messages()).hasSize(messages);
  }

  private ControlAck send(Deploy deploy) throws Exception {
    return gate.send(command -> command.setDeploy(deploy));
  }

  private static Deploy deploy(SlotDeclaration... slots) {
    return new Deploy(List.of(slots), slots[0].getId(), null, null, null, List.of());
  }

  private static SlotDeclaration slot(String id, String learner) {
    return new SlotDeclaration(id, learner, 1, null, null, "restart");
  }

  private static DriftDeclaration drift(String signal, String onDrift) {
    return new DriftDeclaration(
        "ADWINChangeDetector -a 0.002", null, signal, "none", onDrift, 4.0, 500L, 1000L);
  }

  private static PipelineSpec spec() throws SpecException {
    return SpecLoader.parse(
        """
        name: points
        task: anomaly
        events: {schema: point.avsc, key: [k], id: id}
        features: [x]
        slots: [{id: trees, learner: "oneclass.HSTrees -t 3 -h 5"}]
        serve: {threshold: {quantile: 0.9, last: 40, after: 30}}
        """,
        path ->
            """
            {"type": "record", "name": "Point", "fields": [
              {"name": "id", "type": "string"}, {"name": "k", "type": "string"},
              {"name": "x", "type": "double"}]}
            """);
  }
}

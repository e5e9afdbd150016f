/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.errors;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the JSON Schema refuses, in a user's words. */
class SpecShapeTest {

  private static final String DURATION = "a duration such as 100ms, 30s, 5m, 24h or 7d";
  private static final String SPAN =
      "a duration longer than nothing, such as 100ms, 30s, 5m, 24h or 7d";

  private static final String FEATURES =
      "a field's name, or one of {nominal: .., values: ..}, {hashed: .., buckets: ..}, {cyclic: ..,"
          + " period: ..}, {window: .., stat: .., last: ..}, {lag: ..}, {delta: ..}, {since-last:"
          + " ..}, {ewma: .., half-life: ..}, {scaled: ..}, {frequency: ..}, {target: ..},"
          + " {field: ..}, {value: ..}, {log: ..}, {clipped: ..}, {bucketized: .., boundaries: ..},"
          + " {crossed: .., buckets: ..}, {geo: .., level: .., buckets: ..}, {calendar: .., part: ..}, {ngrams: .., n: .., buckets:"
          + " ..}, {transform: .., fields: [..]}";

  @Test
  void namesTheNearestKeyAtAnyDepth() {
    assertErrors(
        SPEC.replace("learner:", "lerner:")
            + "snapshot: {}\nevaluation: {windows: 5}\nsnapshots: {every: {instance: 5}}\n",
        "slots[0].lerner: unknown key; did you mean 'learner'? (allowed here: id, learner, seed,"
            + " max-bytes, on-max-bytes, drift)",
        "snapshots.every.instance: unknown key; did you mean 'instances'? (allowed here: instances,"
            + " time)",
        "evaluation.windows: unknown key; did you mean 'window'? (allowed here: window, fading,"
            + " slices, every, max-per-second, max-slices, topic)",
        "snapshot: unknown key; did you mean 'snapshots'? (allowed here: name, task, learn, events, label,"
            + " features, key-as-feature, missing, features-budget, weight, slots, serve, drift, frozen, parent, snapshots,"
            + " recovery, expire-after, evaluation, predictions, rejects, control)");
  }

  @Test
  void refusesKeysOfLaterVersions() {
    assertErrors(
        SPEC + "importance: {every: 1}\n",
        "importance: unknown key (allowed here: name, task, learn, events, label, features, key-as-feature,"
            + " missing, features-budget, weight, slots, serve, drift, frozen, parent, snapshots, recovery, expire-after, evaluation, predictions,"
            + " rejects, control)");
  }

  @Test
  void saysWhatIsMissing() {
    assertErrors(
        "task: classification\n",
        "name: is missing: Name of the pipeline: the prefix of its topics, and part of its metrics,"
            + " records and prediction ids.",
        "slots: is missing: The learners of every key's model set: all vote on every event and"
            + " learn from every label.",
        "label: is missing: The truth about an event; only task: anomaly does without it.",
        "events.schema: is missing: name the events' Avro schema (.avsc), relative to this file;"
            + " only a data file given with --events brings its own");
    assertErrors(
        SPEC.replace("field: fraud, ", "").replace("id: nb, ", ""),
        "label.field: is missing: The field that holds the label, or set label.value to an"
            + " expression that gives it.",
        "slots[0].id: is missing: Unique id, in results and records.");
  }

  @Test
  void saysWhichTypeWasFoundAndWhatIsAllowed() {
    assertErrors(
        SPEC.replace("[merchant]", "merchant"),
        "events.key: found the text 'merchant'; allowed: a list of fields, such as [origin]");
    assertErrors(
        SPEC + "evaluation: {window: many, slices: [kind]}\n",
        "evaluation.window: found the text 'many'; allowed: a whole number",
        "evaluation.slices[0]: found the text 'kind'; allowed: a list of fields, such as [origin]");
    assertErrors(
        SPEC + "snapshots: {every: 30s, on-drift: 1}\n",
        "snapshots.every: found the text '30s'; allowed: a section of keys",
        "snapshots.on-drift: found the number 1; allowed: true or false");
    assertErrors(
        SPEC + "drift:\n",
        "drift: found nothing; allowed: a section of keys; to leave it out, delete the key");
    assertErrors(
        SPEC + "frozen: {after: 30}\n",
        "frozen.after: found the number 30; allowed: a duration such as 30d, or {instances: 10000};"
            + " write \"30\" with its quotes");
    assertErrors("hello", "the spec: found the text 'hello'; allowed: a section of keys");
  }

  @Test
  void explainsABareNo() {
    assertErrors(
        SPEC.replace("{field: fraud,", "{field: loss, above: 3, classes: [no, yes],"),
        "label.classes[0]: found false; allowed: a class, quoted; YAML reads a bare no as false, so"
            + " write \"no\" with its quotes",
        "label.classes[1]: found true; allowed: a class, quoted; YAML reads a bare yes as true, so"
            + " write \"yes\" with its quotes");
  }

  @Test
  void namesTheWordThatYamlTookForATruthValue() {
    assertErrors(
        SPEC.replace("[merchant]", "[kind]")
            .replace("{field: fraud,", "{field: merchant, classes: [false, On],"),
        "label.classes[0]: found false; allowed: a class, quoted; YAML reads a bare false as a"
            + " truth value, so write \"false\" with its quotes",
        "label.classes[1]: found true; allowed: a class, quoted; YAML reads a bare On as true, so"
            + " write \"On\" with its quotes");
  }

  @Test
  void explainsClassesThatAreNumbers() {
    assertErrors(
        SPEC.replace("{field: fraud,", "{field: loss, classes: [0, 1],"),
        "label.classes[0]: found the number 0; allowed: a class, quoted; write \"0\" with its"
            + " quotes",
        "label.classes[1]: found the number 1; allowed: a class, quoted; write \"1\" with its"
            + " quotes");
  }

  @Test
  void saysWhichNumbersAreAllowed() {
    assertErrors(
        SPEC + "evaluation: {window: 0}\n", "evaluation.window: found 0; allowed: 1 or more");
    assertErrors(
        SPEC + "features: [{hashed: merchant, buckets: 100000}]\n",
        "features[0].buckets: found 100000; allowed: 65536 or less");
    assertErrors(
        SPEC + "snapshots: {every: {instances: 99999999999999999999}}\n",
        "snapshots.every.instances: found 99999999999999999999; allowed: 1000000000000 or less");
    assertErrors(
        SPEC + "frozen: {after: {instances: 99999999999999999999}}\n",
        "frozen.after.instances: found 99999999999999999999; allowed: 1000000000000 or less");
  }

  @Test
  void saysHowADurationIsWritten() {
    assertErrors(
        SPEC.replace("field: at", "field: at, out-of-orderness: 5 minutes, idle-after: 0s"),
        "events.time.out-of-orderness: found '5 minutes'; allowed: " + DURATION,
        "events.time.idle-after: found '0s'; allowed: " + SPAN);
    assertErrors(
        SPEC + "features: [{name: hour, cyclic: at, period: 1 day}]\n",
        "features[0].period: found '1 day'; allowed: " + SPAN);
    assertErrors(
        SPEC + "frozen: {after: soon}\n",
        "frozen.after: found 'soon'; allowed: a duration such as 30d, or {instances: 10000}");
  }

  @Test
  void saysWhichTasksWork() {
    assertErrors(
        SPEC + "task: clustering\n",
        "task: found 'clustering'; allowed: classification, regression, anomaly");
    assertErrors(
        SPEC + "task: 5\nserve: {policy: votes}\ndrift: {on-drift: }\n",
        "task: found 5; allowed: classification, regression, anomaly",
        "serve.policy: found 'votes'; allowed: champion, best, vote; did you mean 'vote'?",
        "drift.on-drift: found nothing; allowed: alert, reset, replace, switch, boost");
    assertErrors(
        SPEC + "predictions: {delivery: exactly_once}\n",
        "predictions.delivery: found 'exactly_once'; allowed: at-least-once, exactly-once; did you"
            + " mean 'exactly-once'?");
  }

  @Test
  void saysHowNamesAreWritten() {
    assertErrors(
        SPEC.replace("name: payments", "name: pay ments"),
        "name: found 'pay ments'; allowed: a prefix of Kafka topics: letters, digits, '.', '_' and"
            + " '-', at most 200");
    assertErrors(
        SPEC.replace("name: payments", "name: ."),
        "name: found '.'; allowed: a prefix of Kafka topics: letters, digits, '.', '_' and '-', at"
            + " most 200");
    assertErrors(
        SPEC + "rejects: {topic: ..}\n",
        "rejects.topic: found '..'; allowed: a Kafka topic's name: letters, digits, '.', '_' and"
            + " '-', at most 249");
    assertErrors(
        SPEC.replace("id: nb", "id: a/b"),
        "slots[0].id: found 'a/b'; allowed: letters, digits, '_' and '-', at most 64");
    assertErrors(
        SPEC + "drift: {detector: ''}\n",
        "drift.detector: found an empty text; allowed: an option string of a MOA change detector,"
            + " such as \"ADWINChangeDetector -a 0.002\"");
  }

  @Test
  void saysWhatListsHold() {
    assertErrors(
        SPEC.replace("[merchant]", "[kind]")
            .replace("{field: fraud,", "{field: merchant, classes: [a],"),
        "label.classes: found only [\"a\"]; allowed: at least 2 of them");
    assertErrors(
        SPEC.replace("[merchant]", "[kind]")
            .replace("{field: fraud,", "{field: merchant, classes: [a, b, a],"),
        "label.classes: found 'a' twice; keep one");
    assertErrors(
        SPEC + "features: []\n", "features: found an empty list; allowed: at least 1 of them");
  }

  @Test
  void takesOneWayToFreeze() {
    String allowed = "; allowed: one of {at: ..} and {after: ..}";
    assertErrors(
        SPEC + "frozen: {at: 2001-02-01T00:00:00Z, after: 30d}\n",
        "frozen: found {\"at\":\"2001-02-01T00:00:00Z\",\"after\":\"30d\"}" + allowed);
    assertErrors(SPEC + "frozen: {}\n", "frozen: found {}" + allowed);
  }

  @Test
  void checksEachFormOfAFeatureByItsOwnKeys() {
    assertErrors(
        SPEC
            + """
            features:
              - {name: m, hashed: merchant}
              - {name: k, nominal: kind, values: [CARD], buckets: 3}
              - {name: x}
              - {name: y, hashd: merchant, buckets: 64}
              - 5
            """,
        "features[0].buckets: is missing: Number of buckets.",
        "features[1].buckets: unknown key (allowed here: name, nominal, values, unknown,"
            + " missing, flag-missing)",
        "features[2]: found {\"name\":\"x\"}; allowed: " + FEATURES,
        "features[3].hashd: unknown key; did you mean 'hashed'? (allowed here: name, nominal,"
            + " values, unknown, hashed, buckets, as, cyclic, period, zone, window, of, stat, last,"
            + " panes, sketch, quantile, clip, class, lag, by, delta, since-last, ewma, half-life, scaled,"
            + " to, frequency, width, target, smoothing, missing, flag-missing, field, value, log,"
            + " plus, clipped, min, max, bucketized, boundaries, crossed, geo, level, calendar, part, ngrams,"
            + " unit, n, transform, fields, with)",
        "features[4]: found the number 5; allowed: " + FEATURES + "; write \"5\" with its quotes");
  }

  @Test
  void reportsErrorsOfEveryKindTogether() {
    SpecException e =
        errors(
            SPEC.replace("bayes.NaiveBayes", "bayes.NaiveBaies").replace("[merchant]", "[mercant]")
                + "tsk: classification\nname: again\n");

    assertThat(e.errors())
        .extracting(SpecError::path)
        .containsExactly("name", "tsk", "slots[0].learner", "events.key[0]");
    assertThat(e.getMessage().lines()).hasSize(4);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever value stands anywhere in a spec, it is read or refused with errors that say where. */
class SpecMutationTest {

  private static final String WHOLE =
      """
      name: payments
      task: classification
      events:
        topic: payments
        format: avro
        schema: payment.avsc
        key: [merchant]
        id: id
        time: {field: at, zone: UTC, out-of-orderness: 5m, idle-after: 1m}
      label: {field: loss, above: 15, classes: ["no", "yes"], outcome: [fraud]}
      features:
        - amount
        - {name: hour, cyclic: at, period: 1d, zone: UTC}
        - {name: to, hashed: merchant, buckets: 64, as: nominal}
        - {name: who, nominal: merchant, values: ["a"], unknown: other}
      key-as-feature: false
      missing: mean
      weight: {field: amount, class: {"yes": 4}}
      slots:
        - {id: ht, learner: trees.HoeffdingTree, seed: 2}
        - {id: nb, learner: bayes.NaiveBayes, drift: {detector: DDM, on-drift: boost}}
      serve: {policy: best, champion: ht, min-evidence: 50, margin: 0.02}
      drift:
        detector: DDM
        warning: DDM
        signal: error
        on-warning: start-background
        on-drift: replace
        background: {instances: 5}
        boost: {weight: 2.5, instances: 5}
      frozen: {after: {instances: 5}}
      snapshots: {topic: a, every: {instances: 1, time: 1s}, on-drift: true}
      evaluation: {window: 5, slices: [[kind]], topic: b}
      predictions: {topic: c, delivery: exactly-once}
      rejects: {topic: d}
      control: {topic: e}
      """;

  private static final List<String> VALUES =
      List.of(
          "null",
          "5",
          "-1",
          "1.5",
          "99999999999999999999",
          "true",
          "\"\"",
          "\"zzz\"",
          "\"a.b\"",
          "\"x['\"",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "[{}]",
          "[\"id\", 5]",
          "{\"zzz\": null}");

  private int refused;

  @Test
  void readsOrRefusesEveryMutation() throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode document = SpecYaml.read(WHOLE, new ArrayList<>());
    assertThat(SpecLoader.parse(document.toString(), Payments::file).name()).isEqualTo("payments");
    List<String> pointers = new ArrayList<>();
    collect("", document, pointers);

    for (String pointer : pointers) {
      int end = pointer.lastIndexOf('/');
      for (String value : VALUES) {
        JsonNode copy = document.deepCopy();
        set(copy.at(pointer.substring(0, end)), pointer.substring(end + 1), json.readTree(value));
        tryToRead(copy, pointer + " = " + value);
      }
      JsonNode copy = document.deepCopy();
      if (copy.at(pointer.substring(0, end)) instanceof ObjectNode object) {
        object.remove(pointer.substring(end + 1));
        tryToRead(copy, "without " + pointer);
      }
    }

    assertThat(refused).isGreaterThan(pointers.size() * VALUES.size() / 2);
  }

  private void tryToRead(JsonNode document, String what) {
    try {
      SpecLoader.parse(document.toString(), Payments::file);
    } catch (SpecException e) {
      refused++;
      assertThat(e.errors()).as(what).isNotEmpty();
      assertThat(e.errors()).as(what).allSatisfy(error -> assertThat(error.path()).isNotBlank());
      assertThat(e.errors()).as(what).doesNotHaveDuplicates();
      assertThat(e.getMessage()).as(what).doesNotContain("null is").doesNotContain("Exception");
    } catch (RuntimeException e) {
      fail(what, e);
    }
  }

  private static void set(JsonNode parent, String key, JsonNode value) {
    if (parent instanceof ObjectNode object) {
      object.set(key, value);
    } else {
      ((ArrayNode) parent).set(Integer.parseInt(key), value);
    }
  }

  private static void collect(String pointer, JsonNode node, List<String> pointers) {
    node.properties()
        .forEach(
            entry -> {
              pointers.add(pointer + "/" + entry.getKey());
              collect(pointer + "/" + entry.getKey(), entry.getValue(), pointers);
            });
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        pointers.add(pointer + "/" + i);
        collect(pointer + "/" + i, node.get(i), pointers);
      }
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SpecEditTest {

  private static final String SPEC =
      """
      # Flüge 🛫
      name: flights
      events: {topic: flights, schema: flight.avsc}   # where from
      slots:
        - {id: ht, learner: trees.HoeffdingTree}   # the plain one
        - id: hat
          learner: "trees.HoeffdingAdaptiveTree -g 50"
      """;

  @Test
  void changesOneValueAndLeavesTheRest() {
    assertThat(
            new SpecEdit(SPEC)
                .learner("ht", "trees.HoeffdingTree -g 50")
                .learner("hat", "meta.OzaBag -l (bayes.NaiveBayes)")
                .schema("events", path -> "../" + path)
                .schema("label", path -> "no such part")
                .text())
        .isEqualTo(
            """
            # Flüge 🛫
            name: flights
            events: {topic: flights, schema: "../flight.avsc"}   # where from
            slots:
              - {id: ht, learner: "trees.HoeffdingTree -g 50"}   # the plain one
              - id: hat
                learner: "meta.OzaBag -l (bayes.NaiveBayes)"
            """);
  }

  @Test
  void aValueIsQuoted() {
    assertThat(new SpecEdit("events: {schema: a}\n").schema("events", p -> "c:\\a \"b\"").text())
        .isEqualTo("events: {schema: \"c:\\\\a \\\"b\\\"\"}\n");
  }

  @Test
  void anUnknownSlotIsRefused() {
    assertThatThrownBy(() -> new SpecEdit(SPEC).learner("nb", "bayes.NaiveBayes"))
        .hasMessage("the spec has no slot nb");
  }
}

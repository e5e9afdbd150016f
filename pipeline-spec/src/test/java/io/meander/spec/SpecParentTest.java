/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecParentTest {

  private static final String SCHEMA =
      """
      {"type": "record", "name": "P", "fields": [
        {"name": "carrier", "type": "string"}, {"name": "origin", "type": "string"},
        {"name": "x", "type": "double"}, {"name": "y", "type": "string"}]}
      """;

  private static final String SPEC =
      """
      name: p
      events: {schema: p.avsc, key: [carrier, origin]}
      label: {field: y, classes: ["a", "b"]}
      features: [x]
      slots: [{id: nb, learner: bayes.NaiveBayes}]
      """;

  @Test
  void readsAPartOfTheKeyAndASample() throws Exception {
    PipelineSpec.Parent parent =
        parse(SPEC + "parent: {key: [origin], sample: 0.1}\n").parent().get();

    assertThat(parent).isEqualTo(new PipelineSpec.Parent(List.of("origin"), List.of(1), 0.1));
    assertThat(parent.of("AA|J\\|FK")).isEqualTo("J\\|FK");
    assertThat(parse(SPEC + "parent: {key: []}\n").parent().get())
        .isEqualTo(new PipelineSpec.Parent(List.of(), List.of(), 1));
    assertThat(parse(SPEC).parent()).isEmpty();
  }

  @Test
  void refusesWhatIsNoPartOfTheKey() {
    assertError(
        SPEC + "parent: {key: [orign]}\n",
        "parent.key[0]",
        "'orign' is not part of the model key; did you mean 'origin'?; allowed: some of events.key"
            + " [carrier, origin]");
    assertError(SPEC + "parent: {key: [x]}\n", "parent.key[0]", "not part of the model key");
    assertError(SPEC + "parent: {key: [origin, origin]}\n", "parent.key[1]", "named twice");
    assertError(
        SPEC + "parent: {key: [origin, carrier]}\n",
        "parent.key",
        "has all the fields of events.key");
    assertError(SPEC + "parent: {sample: 0.5}\n", "parent.key", "is missing");
    assertError(
        SPEC.replace(", key: [carrier, origin]", "") + "parent: {key: []}\n",
        "parent",
        "no key is ever new");
  }

  @Test
  void refusesSamplesThatAreNone() {
    assertError(SPEC + "parent: {key: [], sample: 0}\n", "parent.sample", "0.001 or more");
    assertError(SPEC + "parent: {key: [], sample: 1.5}\n", "parent.sample", "1 or less");
  }

  @Test
  void takesTheShareOfTheEventsThatWasAskedFor() {
    PipelineSpec.Parent tenth = new PipelineSpec.Parent(List.of(), List.of(), 0.1);
    long taken = 0;
    for (int row = 0; row < 100_000; row++) {
      taken += tenth.takes(Integer.toString(row)) ? 1 : 0;
    }
    assertThat(taken).isBetween(9_500L, 10_500L);
  }

  private static PipelineSpec parse(String yaml) throws SpecException, IOException {
    return SpecLoader.parse(yaml, file -> SCHEMA);
  }

  private static void assertError(String yaml, String path, String part) {
    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOfSatisfying(
            SpecException.class,
            e ->
                assertThat(e.errors())
                    .anySatisfy(
                        error -> {
                          assertThat(error.path()).isEqualTo(path);
                          assertThat(error.message()).contains(part);
                        }));
  }
}

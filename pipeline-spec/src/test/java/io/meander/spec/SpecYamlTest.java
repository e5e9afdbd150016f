/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecYamlTest {

  @Test
  void readsPlainScalarsAsYamlDoes() throws SpecException {
    assertThat(json("{a: no, b: 'no', c: On, d: 12, e: 1_000, f: 0.5, g: ~, h: , i: text}"))
        .isEqualTo(
            "{\"a\":false,\"b\":\"no\",\"c\":true,\"d\":12,\"e\":1000,\"f\":0.5,\"g\":null,"
                + "\"h\":null,\"i\":\"text\"}");
  }

  @Test
  void leavesTimesAndRareNumbersAsText() throws SpecException {
    assertThat(json("[2001-02-01T00:00:00Z, 1:30, 010, 0x1F, .inf, 2001-02-01]"))
        .isEqualTo("[\"2001-02-01T00:00:00Z\",\"1:30\",\"010\",\"0x1F\",\".inf\",\"2001-02-01\"]");
  }

  @Test
  void followsAliases() throws SpecException {
    assertThat(json("{a: &adwin ADWINChangeDetector, b: *adwin}"))
        .isEqualTo("{\"a\":\"ADWINChangeDetector\",\"b\":\"ADWINChangeDetector\"}");
  }

  @Test
  void readsNothingAsNull() throws SpecException {
    assertThat(json("")).isEqualTo("null");
    assertThat(json("# a comment\n")).isEqualTo("null");
  }

  @Test
  void reportsEveryDuplicateKeyWithItsLines() throws SpecException {
    List<SpecError> errors = new ArrayList<>();

    SpecYaml.read("a: 1\nb:\n  - {c: 1, c: 2}\na: 2\n", errors);

    assertThat(errors)
        .containsExactly(
            new SpecError("b[0].c", "this key is there twice, in line 3 and line 3; keep one"),
            new SpecError("a", "this key is there twice, in line 1 and line 4; keep one"));
  }

  @Test
  void namesLineAndColumnOfWhatIsNotYaml() {
    assertRefused(
        "a: 1\nb: [1,\nc: 2\n",
        "line 4, column 1: not valid YAML: while parsing a flow sequence of line 2, expected ',' or"
            + " ']', but got <stream end>");
    assertRefused(
        "a:\n\t- 1\n",
        "line 2, column 1: not valid YAML: while scanning for the next token, found character"
            + " '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)");
    assertRefused(
        "a: 1\n---\nb: 1\n",
        "line 2, column 1: not valid YAML: expected a single document in the stream, but found"
            + " another document");
    assertRefused("a: *b\n", "line 1, column 4: not valid YAML: found undefined alias b");
  }

  @Test
  void refusesAliasesWithoutEnd() {
    assertRefused(
        "a: &a [*a]\n", "the spec: not valid YAML: more than 50 levels, aliases followed");
    StringBuilder doubling = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 30; i++) {
      doubling.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThatThrownBy(() -> json(doubling.toString())).isInstanceOf(SpecException.class);
  }

  private static void assertRefused(String yaml, String message) {
    assertThatThrownBy(() -> json(yaml)).isInstanceOf(SpecException.class).hasMessage(message);
  }

  private static String json(String yaml) throws SpecException {
    List<SpecError> errors = new ArrayList<>();
    String json = SpecYaml.read(yaml, errors).toString();
    assertThat(errors).isEmpty();
    return json;
  }
}

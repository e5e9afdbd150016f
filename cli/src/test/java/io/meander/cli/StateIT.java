/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stored savepoints as {@code meander state} shows them. Of three keys the first has an image
 * alone, the second an image and a log, the third a log alone; one label in three of the last nine
 * events has not come.
 */
class StateIT {

  private static final Path SAVEPOINTS =
      Path.of(System.getProperty("meander.root"), "flink-jobs", "src", "test", "resources")
          .resolve("savepoints");
  private static final String CANONICAL = SAVEPOINTS.resolve("1").toString();
  private static final String NATIVE = SAVEPOINTS.resolve("1-native").toString();

  /** How an image begins: a model set, of format 1, written beside this MOA. */
  private static final byte[] IMAGE = "S\1\t2024.07.0".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  @Test
  void listsKeysSlotsVersionsSizesAndLogs() throws IOException {
    JsonNode state = json(CANONICAL);

    assertThat(state.get("pipeline").textValue()).isEqualTo("points");
    assertThat(state.get("task").textValue()).isEqualTo("classification");
    assertThat(state.get("classes").toString()).isEqualTo("[\"below\",\"above\"]");
    assertThat(state.get("key_fields").toString()).isEqualTo("[\"place\"]");
    assertThat(state.get("labels").textValue()).isEqualTo("from a topic");
    assertThat(state.get("generation").longValue()).isEqualTo(1);
    assertThat(state.get("total").get("keys").longValue()).isEqualTo(3);
    assertThat(state.get("total").get("slots").longValue()).isEqualTo(9);
    assertThat(state.get("total").get("images").longValue()).isEqualTo(2);
    assertThat(slots(state))
        .containsExactly(
            "p0 ht* trees.HoeffdingTree -g 20 learns 1 24 1",
            "p0 bayes bayes.NaiveBayes learns 1 24 1",
            "p0 frozen trees.HoeffdingTree -g 20 frozen 1 20 0",
            "p1 ht* trees.HoeffdingTree -g 20 learns 1 50 2",
            "p1 bayes bayes.NaiveBayes learns 1 50 2",
            "p1 frozen trees.HoeffdingTree -g 20 frozen 1 20 0",
            "p2 ht* trees.HoeffdingTree -g 20 learns 1 24 1",
            "p2 bayes bayes.NaiveBayes learns 1 24 1",
            "p2 frozen trees.HoeffdingTree -g 20 frozen 1 20 0");
    List<String> sizes = new ArrayList<>();
    for (JsonNode key : state.get("keys")) {
      assertThat(key.get("feature_bytes").longValue()).isPositive();
      assertThat(key.get("last_event_time").textValue()).startsWith("1970-01-01T00:0");
      sizes.add(
          "%s image %s log %s facts %s waiting %s"
              .formatted(
                  key.get("key").textValue(),
                  key.get("image_bytes").longValue() > 0,
                  key.get("log_bytes").longValue() > 0,
                  key.get("log_facts"),
                  key.get("waiting")));
    }
    assertThat(sizes)
        .containsExactly(
            "p0 image true log false facts 0 waiting 0",
            "p1 image true log true facts 28 waiting 3",
            "p2 image false log true facts 31 waiting 3");
  }

  @Test
  void readsTheStateBackendsOwnFormAlike() throws IOException {
    assertThat(slots(json(NATIVE))).isEqualTo(slots(json(CANONICAL)));
  }

  @Test
  void listsTheLargestFirstAndNoMoreThanAskedFor() {
    Command state = Command.run("state", CANONICAL, "--sort", "log", "--limit", "1");

    assertThat(state.exitCode()).as(state.err()).isZero();
    assertThat(state.out())
        .contains("\np2 ", "2 more keys")
        .doesNotContain("\np0 ")
        .doesNotContain("\np1 ");
  }

  @Test
  void oneKeyCanBeAskedForAndOneThatIsNotThereIsAFailure() throws IOException {
    Command state = Command.run("state", CANONICAL, "--key", "p1", "--key", "p9", "--json");

    assertThat(state.exitCode()).isEqualTo(1);
    assertThat(state.err()).contains("it has no key 'p9'");
    assertThat(slots(new ObjectMapper().readTree(state.out())))
        .hasSize(3)
        .allMatch(slot -> slot.startsWith("p1 "));
  }

  @Test
  void aKeyThatCannotBeReadIsNamedAndTheOthersAreListed() throws IOException {
    byte[] bytes = Files.readAllBytes(SAVEPOINTS.resolve("1").resolve("_metadata"));
    bytes[last(bytes, IMAGE) + 900] ^= 1;
    Files.write(folder.resolve("_metadata"), bytes);

    Command state = Command.run("state", folder, "--json");

    assertThat(state.exitCode()).isEqualTo(1);
    assertThat(state.err()).contains("1 keys cannot be read");
    JsonNode read = new ObjectMapper().readTree(state.out());
    assertThat(read.get("total").get("unreadable").longValue()).isEqualTo(1);
    assertThat(slots(read)).hasSize(6);
    assertThat(read.get("keys").findValuesAsText("problem")).anyMatch(p -> p.contains("checksum"));
    assertThat(Command.run("state", folder).out()).contains("UNREADABLE: ");
  }

  @Test
  void whatIsNoneOfOursIsSaid() throws IOException {
    Command none = Command.run("state", folder);
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err())
        .contains("'" + folder + "' is no savepoint or checkpoint", "_metadata in it");

    Command other = Command.run("state", CANONICAL, "--pipeline", "point");
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.err()).contains("--pipeline: 'point' is not in", "did you mean 'points'?");

    Command parents = Command.run("state", CANONICAL, "--parents");
    assertThat(parents.exitCode()).isEqualTo(1);
    assertThat(parents.err()).contains("no operator 'points/parent'");

    Command usage = Command.run("state", CANONICAL, "--limit", "-1");
    assertThat(usage.exitCode()).isEqualTo(2);
    assertThat(usage.err()).contains("--limit must be at least 0, not -1");
  }

  private static JsonNode json(String path) throws IOException {
    Command state = Command.run("state", path, "--json");
    assertThat(state.exitCode()).as(state.err()).isZero();
    return new ObjectMapper().readTree(state.out());
  }

  private static List<String> slots(JsonNode state) {
    List<String> slots = new ArrayList<>();
    for (JsonNode key : state.get("keys")) {
      for (JsonNode slot : key.get("slots")) {
        assertThat(slot.get("bytes").longValue()).isPositive();
        slots.add(
            "%s %s%s %s %s %s %s %s"
                .formatted(
                    key.get("key").textValue(),
                    slot.get("id").textValue(),
                    slot.get("serves").booleanValue() ? "*" : "",
                    slot.get("learner").textValue(),
                    slot.get("state").textValue(),
                    slot.get("incarnation"),
                    slot.get("trained"),
                    slot.get("version")));
      }
    }
    return slots;
  }

  private static int last(byte[] bytes, byte[] part) {
    for (int i = bytes.length - part.length; i >= 0; i--) {
      int same = 0;
      while (same < part.length && bytes[i + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return i;
      }
    }
    throw new AssertionError("no image in the savepoint");
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the list of learners against what they do. {@code -Dmeander.regenerate=true} checks all of
 * them at length and writes the list and the page anew.
 */
class LearnerContractTest {

  static final Path LIST =
      Path.of("src/main/resources/io/meander/models", LearnerVerdicts.RESOURCE);
  private static final Path PAGE =
      Path.of(System.getProperty("meander.root"), "docs", "learners.md");

  /** Such a verdict costs its whole time limit: the long run is enough. */
  private static final String SLOW = "takes more than";

  @TempDir static Path folder;

  @BeforeAll
  static void regenerate() throws IOException {
    if (!Boolean.getBoolean("meander.regenerate")) {
      return;
    }
    List<LearnerVerdict> verdicts = new ArrayList<>();
    Map<String, LearnerFigures> figures = new HashMap<>();
    try (LearnerChecks checks = new LearnerChecks(folder.resolve("long"))) {
      for (String name : Learners.names()) {
        LearnerVerdict verdict = checks.full(name);
        verdicts.add(verdict);
        if (verdict.supported()) {
          figures.put(name, checks.measure(name));
        }
      }
    }
    List<String> lines = new ArrayList<>(List.of(LearnerVerdicts.HEADER));
    verdicts.forEach(verdict -> lines.add(verdict.line()));
    Files.write(LIST, lines);
    Files.writeString(PAGE, LearnersPage.render(verdicts, figures));
  }

  @Test
  void everyLearnerIsInTheList() throws IOException {
    assertThat(listed())
        .extracting(LearnerVerdict::name)
        .containsExactlyElementsOf(Learners.names());
  }

  @Test
  void learnersAreAsTheListSays() throws IOException {
    List<LearnerVerdict> listed = listed();
    List<LearnerVerdict> found = new ArrayList<>();
    try (LearnerChecks checks = new LearnerChecks(folder.resolve("short"))) {
      for (LearnerVerdict known : listed) {
        if (known.reason().startsWith(SLOW)) {
          found.add(known);
          continue;
        }
        LearnerVerdict verdict = checks.quick(known.name());
        found.add(verdict.supported() && !known.supported() ? checks.full(known.name()) : verdict);
      }
    }

    assertThat(found)
        .as("learners.csv is made by this test: %n%s", LearnersPage.COMMAND)
        .containsExactlyElementsOf(listed);
  }

  /** MOA gives it the interfaces of both tasks; the list has it as a classifier. */
  @Test
  void linearModelsKeepTheContractAsRegressorsToo() throws IOException {
    try (LearnerChecks checks = new LearnerChecks(folder.resolve("linear"))) {
      assertThat(checks.needs("functions.SGD -o SQUAREDLOSS", Task.REGRESSION, 1200)).isEmpty();
    }
  }

  @Test
  void thePageListsEveryLearnerUnderItsVerdict() throws IOException {
    String page = Files.readString(PAGE);
    String refused = page.substring(page.indexOf("## Refused"));
    for (LearnerVerdict verdict : listed()) {
      assertThat(page).containsOnlyOnce("| `" + verdict.name() + "` |");
      assertThat(refused.contains("| `" + verdict.name() + "` |")).isEqualTo(!verdict.supported());
      assertThat(page).contains(verdict.reason());
    }
  }

  private static List<LearnerVerdict> listed() throws IOException {
    return Files.readAllLines(LIST).stream().skip(1).map(LearnerVerdict::parse).toList();
  }
}

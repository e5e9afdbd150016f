/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.EventSpan;
import io.meander.cli.report.DecayTest;
import io.meander.spec.Durations;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The ages to compare and what they are tested on, as a command's options say. */
final class DecayAges {

  private static final Duration SHORTEST = Duration.ofSeconds(1);

  @Option(
      names = "--decay",
      split = ",",
      paramLabel = "AGE",
      description =
          "Compare with models that learned no more since so long before the test, such as"
              + " 1d,7d,30d,90d.")
  private List<String> ages = List.of();

  @Option(
      names = "--decay-test",
      paramLabel = "TIME",
      defaultValue = "30d",
      description = "The test: the events of so much time at the end (default: ${DEFAULT-VALUE}).")
  private String test;

  boolean isAsked() {
    return !ages.isEmpty();
  }

  /**
   * The test, or null if no ages were asked for. Reads the events once, for their times.
   *
   * @throws CommandFailure if an age is longer than the history, or there is no event time
   */
  DecayTest test(PipelineSpec spec, Path events, long limit, CommandSpec command)
      throws IOException {
    if (ages.isEmpty()) {
      return null;
    }
    List<DecayTest.Age> read = new ArrayList<>();
    for (String age : ages) {
      read.add(new DecayTest.Age(age, duration("--decay", age, command)));
    }
    read.sort(Comparator.comparing(DecayTest.Age::age));
    for (int i = 1; i < read.size(); i++) {
      if (read.get(i).age().equals(read.get(i - 1).age())) {
        throw Usage.wrong(command, "--decay has the age " + read.get(i).text() + " twice");
      }
    }
    Duration length = duration("--decay-test", test, command);
    if (spec.events().time().isEmpty()) {
      throw new CommandFailure("--decay goes by event time: name its field in events.time.");
    }
    EventSpan span =
        EventSpan.of(events, spec, limit)
            .orElseThrow(() -> new CommandFailure("No event of " + events + " has a time."));
    Instant start = span.last().minus(length);
    DecayTest.Age oldest = read.get(read.size() - 1);
    if (!start.minus(oldest.age()).isAfter(span.first())) {
      throw new CommandFailure(tooLong(span, start, oldest));
    }
    return new DecayTest(start, length, read);
  }

  private String tooLong(EventSpan span, Instant start, DecayTest.Age oldest) {
    String events = "the events go from " + span.first() + " to " + span.last();
    if (!start.isAfter(span.first())) {
      return "--decay-test %s leaves nothing to learn from before it: %s. Give a shorter one."
          .formatted(test, events);
    }
    return "--decay %s is longer than the history: %s, and the test starts at %s, %s after the first."
            .formatted(oldest.text(), events, start, text(Duration.between(span.first(), start)))
        + " Give shorter ages, or a shorter --decay-test.";
  }

  private static Duration duration(String option, String text, CommandSpec command) {
    try {
      Duration duration = Durations.parse(text.strip());
      if (duration.compareTo(SHORTEST) >= 0) {
        return duration;
      }
    } catch (IllegalArgumentException e) {
      throw Usage.wrong(command, option + ": " + e.getMessage());
    }
    throw Usage.wrong(command, option + " must be at least 1s, not " + text);
  }

  /** Cut to whole days, or below a day to whole seconds. */
  private static String text(Duration duration) {
    return duration.toDays() > 0 ? duration.toDays() + "d" : duration.toSeconds() + "s";
  }
}

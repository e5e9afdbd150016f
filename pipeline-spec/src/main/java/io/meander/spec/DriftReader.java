/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.models.Detectors;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSpec;
import io.meander.models.DriftSpec.OnDrift;
import io.meander.models.DriftSpec.OnWarning;
import io.meander.models.DriftSpec.Signal;
import io.meander.models.OptionStringException;
import io.meander.models.Task;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads how the slots are watched and what is done about their drifts: the pipeline's {@code drift}
 * and the slots' own, which take from the pipeline's what they leave out.
 */
final class DriftReader {

  private final SpecNode drift;
  private final List<SpecNode> slots;
  private final Task task;

  DriftReader(SpecNode root, Task task) {
    this.task = task;
    this.drift = root.at("drift");
    this.slots = root.at("slots").items();
  }

  DriftPolicies read() {
    DriftSpec every = read(drift, defaults(), Optional.empty());
    Map<String, DriftSpec> bySlot = new TreeMap<>();
    for (SpecNode slot : slots) {
      SpecNode own = slot.at("drift");
      if (own.isPresent()) {
        DriftSpec spec = read(own, every, drift.at("on-warning").text());
        slot.at("id").text().ifPresent(id -> bySlot.put(id, spec));
      }
    }
    return new DriftPolicies(every, bySlot);
  }

  private DriftSpec defaults() {
    return switch (task) {
      case REGRESSION -> DriftSpec.DEFAULT.watching(Signal.ABSOLUTE_ERROR);
      case ANOMALY -> DriftSpec.DEFAULT.watching(Signal.SCORE);
      default -> DriftSpec.DEFAULT;
    };
  }

  /**
   * @param base stands in for what is left out
   * @param onWarning as the pipeline says it; what is said nowhere follows from what a drift does
   */
  private DriftSpec read(SpecNode node, DriftSpec base, Optional<String> onWarning) {
    DriftSpec spec =
        new DriftSpec(
            detector(node.at("detector"), base.detector()),
            detector(node.at("warning"), base.warning()),
            one(node.at("signal"), Signal::valueOf, base.signal()),
            base.onWarning(),
            one(node.at("on-drift"), OnDrift::valueOf, base.onDrift()),
            new DriftSpec.Boost(
                node.at("boost").at("weight").decimal(base.boost().weight()),
                node.at("boost").at("instances").number(base.boost().instances())),
            node.at("background").at("instances").number(base.backgroundInstances()));
    OnWarning unsaid =
        spec.onDrift() == OnDrift.REPLACE ? OnWarning.START_BACKGROUND : OnWarning.NONE;
    OnWarning fallback =
        onWarning.map(DriftReader::constant).map(OnWarning::valueOf).orElse(unsaid);
    DriftSpec whole =
        spec.with(one(node.at("on-warning"), OnWarning::valueOf, fallback), spec.onDrift());
    check(node, whole);
    return whole;
  }

  private void check(SpecNode node, DriftSpec spec) {
    if (spec.onDrift() == OnDrift.SWITCH
        && task != Task.ANOMALY
        && slots.size() == 1
        && node.at("on-drift").isPresent()) {
      node.at("on-drift")
          .error(
              "found 'switch' and one slot; add the slots that it may switch to, or use alert,"
                  + " reset, replace or boost");
    }
    if (task == Task.ANOMALY ? spec.signal() != Signal.SCORE : spec.signal() == Signal.SCORE) {
      node.at("signal")
          .error(
              "found '"
                  + SpecWords.of(spec.signal())
                  + (task == Task.ANOMALY
                      ? "', which needs labels; anomalies are watched by their score: use that, or"
                          + " leave it out"
                      : "', which only anomalies have; leave it out"));
    } else if (task == Task.REGRESSION && spec.signal() != Signal.ABSOLUTE_ERROR) {
      node.at("signal")
          .error(
              "found '"
                  + SpecWords.of(spec.signal())
                  + "', which only classes have; a regression is watched by its absolute-error: use"
                  + " that, or leave it out");
    } else if (spec.signal() != Signal.ERROR) {
      for (String key : List.of("detector", "warning")) {
        String detector = key.equals("detector") ? spec.detector() : spec.warning();
        if (detector != null && Detectors.takesOnlyHitsAndMisses(detector)) {
          SpecNode at = node.at(key).isPresent() ? node.at(key) : node.at("signal");
          at.error(
              "'"
                  + detector
                  + "' takes hits and misses only, not "
                  + SpecWords.of(spec.signal())
                  + (task != Task.CLASSIFICATION
                      ? "; use another detector such as ADWINChangeDetector"
                      : "; use signal: error, or another detector such as ADWINChangeDetector"));
        }
      }
    }
  }

  static String detector(SpecNode node, String otherwise) {
    if (node.text().isEmpty()) {
      return otherwise;
    }
    try {
      Detectors.check(node.text().get());
    } catch (OptionStringException e) {
      node.error(e.getMessage());
    }
    return node.text().get();
  }

  private static <T> T one(SpecNode node, Function<String, T> valueOf, T otherwise) {
    return node.text().map(DriftReader::constant).map(valueOf).orElse(otherwise);
  }

  private static String constant(String text) {
    return text.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}

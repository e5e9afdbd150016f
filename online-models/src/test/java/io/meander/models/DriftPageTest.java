/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSchema.Column;
import io.meander.models.DriftSpec.OnDrift;
import io.meander.models.DriftSpec.OnWarning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Measures detectors and policies on streams whose drifts are known, and writes docs/drift.md. */
class DriftPageTest {

  private static final Path PAGE = Path.of(System.getProperty("meander.root"), "docs/drift.md");
  private static final int KEYS = 6;
  private static final int STREAMS = 10;
  private static final int DRIFT_AT = 5000;
  private static final int LENGTH = 10_000;

  /** Labels after a drift over which a policy's accuracy counts. */
  private static final int AFTER = 1000;

  /** Forgets by itself, and sooner than the other slot's detector alarms. */
  private static final String QUICK =
      "drift.DriftDetectionMethodClassifier -l bayes.NaiveBayes -d HDDM_A_Test";

  private static final DriftSpec WATCH =
      new DriftSpec("ADWINChangeDetector -a 0.002", "ADWINChangeDetector -a 0.05");

  private static Map<OnDrift, Accuracy> policies;

  /**
   * Of what was served, over all keys, in percent.
   *
   * @param before the drift
   * @param after it, over {@link #AFTER} labels
   */
  record Accuracy(double before, double after) {}

  /** One detector over the streams; delays in labels. */
  record Detection(int found, long median, long longest, int falseAlarms) {

    static Detection of(List<Long> delays, int falseAlarms) {
      Collections.sort(delays);
      return new Detection(
          delays.size(),
          delays.isEmpty() ? 0 : delays.get(delays.size() / 2),
          delays.isEmpty() ? 0 : delays.get(delays.size() - 1),
          falseAlarms);
    }
  }

  @BeforeAll
  static void measure() {
    policies = new LinkedHashMap<>();
    for (OnDrift policy : OnDrift.values()) {
      policies.put(policy, accuracy(policy));
    }
  }

  @Test
  void everyPolicyThatChangesModelsIsWorthItAfterADrift() {
    double alert = policies.get(OnDrift.ALERT).after();
    assertThat(policies.get(OnDrift.RESET).after()).isGreaterThan(alert + 3);
    assertThat(policies.get(OnDrift.REPLACE).after()).isGreaterThan(alert + 3);
    assertThat(policies.get(OnDrift.SWITCH).after()).isGreaterThan(alert + 3);
    assertThat(policies.get(OnDrift.BOOST).after()).isGreaterThan(alert + 1);
    assertThat(policies.values()).extracting(Accuracy::before).allMatch(a -> a > 80);
  }

  @Test
  void thePageIsUpToDate() throws Exception {
    String page = page();
    if (Boolean.getBoolean("meander.regenerate")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as(
            "docs/drift.md is measured; make it again with: mvn -pl online-models -am verify"
                + " -Dtest=DriftPageTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dmeander.regenerate=true")
        .hasContent(page);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            <!-- Made by DriftPageTest: change that. -->
            # Drift: detectors and policies

            The keys of a spec's `drift` are in [spec.md](spec.md#drift). An alarm within 100 \
            labels of the last one of its level is a repeat and is not told again.

            ## What is done about a drift

            | policy | at a warning | at a drift |
            |---|---|---|
            | `alert` | nothing | nothing: learning is exactly MOA's |
            | `reset` | nothing | the slot begins a new incarnation: fresh learner, fresh detectors |
            | `replace` | a background learner begins in the slot; it learns from every label, and \
            votes for nobody | it takes the slot over, with its own incarnation and fresh \
            detectors; if there is none, as `reset` |
            | `switch` | nothing | if the slot serves: the slot with the least recent error serves \
            from now on, of those that still learn |
            | `boost` | nothing | the slot's instances weigh `boost.weight` times as much for \
            `boost.instances` labels |

            A background learner that no drift has called for is dropped after \
            `background.instances` labels of its key. A slot's score, its numbers of drifts and \
            warnings and its snapshot versions belong to its place and go on over a reset and a \
            replacement; detectors and the recent errors that `switch` compares begin anew. A \
            drift event tells the action that was really taken: a `replace` without a background \
            learner is a `reset`, a `switch` with no better slot an `alert`. The frozen twin is \
            touched by none.

            ### What they are worth

            """);
    page.append(
        String.format(
            Locale.ROOT,
            "Served accuracy of %d keys, each with an abrupt drift of its own at a known place"
                + " (Agrawal's function 1 becomes function 3); `nb` (NaiveBayes) serves, `quick`"
                + " (`%s`, alerts only) learns beside it; %s, warning %s, boost of"
                + " weight 50 for 1,000 labels. After: the first %,d labels after the drift, its"
                + " detection included.%n%n",
            KEYS,
            QUICK,
            WATCH.detector(),
            WATCH.warning(),
            AFTER));
    page.append("| policy | before, % | after, % | against `alert` |\n|---|---|---|---|\n");
    double alert = policies.get(OnDrift.ALERT).after();
    policies.forEach(
        (policy, accuracy) ->
            page.append(
                String.format(
                    Locale.ROOT,
                    "| `%s` | %.1f | %.1f | %+.1f |%n",
                    policy.name().toLowerCase(Locale.ROOT),
                    accuracy.before(),
                    accuracy.after(),
                    accuracy.after() - alert)));
    detectors(page);
    features(page);
    return page.toString().replace(System.lineSeparator(), "\n");
  }

  private static void detectors(StringBuilder page) {
    page.append(
        String.format(
            Locale.ROOT,
            """

            ## Detectors

            Fed the misses of a NaiveBayes that is never reset, over %d streams of %,d rows \
            (Agrawal) with one abrupt drift at %,d. Found: streams with an alarm after the drift. \
            Delay: labels from the drift to the first alarm. False alarms: those before the drift, \
            over all streams' %,d labels. Each detector has its own defaults; \
            `GeometricMovingAverageDM`'s threshold of 1 cannot be reached by misses at all, \
            `-l 0.2` can.

            | detector | found | median delay | longest | false alarms | warns |
            |---|---|---|---|---|---|
            """,
            STREAMS,
            LENGTH,
            DRIFT_AT,
            STREAMS * DRIFT_AT));
    List<double[]> streams = new ArrayList<>();
    for (int seed = 1; seed <= STREAMS; seed++) {
      streams.add(DetectorsTest.errors(drifting(seed, DRIFT_AT), LENGTH));
    }
    List<String> refused = new ArrayList<>();
    List<String> names = new ArrayList<>(Detectors.names());
    names.add("GeometricMovingAverageDM -l 0.2");
    names.add("ADWINChangeDetector -a 0.05");
    Collections.sort(names);
    for (String name : names) {
      try {
        Detectors.check(name);
      } catch (OptionStringException e) {
        refused.add(e.getMessage());
        continue;
      }
      Detection d = detection(name, streams);
      page.append(
          String.format(
              Locale.ROOT,
              "| `%s` | %d of %d | %s | %s | %d | %s |%n",
              name,
              d.found(),
              STREAMS,
              d.found() == 0 ? "" : d.median(),
              d.found() == 0 ? "" : d.longest(),
              d.falseAlarms(),
              Detectors.warns(name) ? "yes" : "with a second one"));
    }
    page.append("\nRefused, with the reason that a spec is told:\n\n");
    for (String reason : refused) {
      page.append("- ").append(reason.replaceFirst("'([^']+)'", "`$1`")).append('\n');
    }
    page.append(
        """

        `SEEDChangeDetector`, `SeqDrift1ChangeDetector` and `SeqDrift2ChangeDetector` keep what they \
        have seen in inner classes that MOA did not make serialisable, and give no way to read it \
        out; the SeqDrifts also draw from `Math.random()`, the second one once its reservoir is \
        full, so that a replay could not repeat them. `EnsembleDriftDetectionMethods` by itself \
        holds no detector, and none of none alarms at each label; it is taken with detectors in \
        its `-c`, such as `EnsembleDriftDetectionMethods -c DDM,EDDM -l min`.

        All others alarm where MOA's alarm, label for label, which `DetectorsTest` compares. Two of \
        MOA's cannot run here as they are, and code of Meander's stands for them: `HDDM_W_Test` \
        keeps its samples in static fields, so that two slots would feed one detector; `STEPD` \
        takes the normal distribution from Weka, a library of 10 MB. `STEPD` differs from MOA's in \
        one case: while all labels so far are hits, or all misses, MOA's divides by zero and alarms \
        at each 60th, here it is silent. Within a learner's options, such as `-d` of \
        `drift.DriftDetectionMethodClassifier`, and in the `-c` above, detectors are MOA's own, and \
        both are refused there.

        `EDDM`, `RDDM` and `STEPD` take hits and misses only, so no other `signal` than `error`.
        """);
  }

  private static Detection detection(String name, List<double[]> streams) {
    List<Long> delays = new ArrayList<>();
    int falseAlarms = 0;
    for (double[] errors : streams) {
      DriftWatch watch = new DriftWatch(new DriftSpec(name, null), Learning.TWO);
      long first = 0;
      for (int i = 0; i < errors.length; i++) {
        watch.add(errors[i], errors[i], i + 1L);
        if (watch.raised() == DriftSignal.Level.DRIFT) {
          if (i < DRIFT_AT) {
            falseAlarms++;
          } else if (first == 0) {
            first = i + 1L - DRIFT_AT;
          }
        }
      }
      if (first > 0) {
        delays.add(first);
      }
    }
    return Detection.of(delays, falseAlarms);
  }

  private static void features(StringBuilder page) {
    page.append(
        String.format(
            Locale.ROOT,
            """

            ## Features

            `drift.features` watches the values of numeric features, `drift.missing` how often \
            features of any kind are missing. Both tell, and change no model: an event with the \
            level `drift`, the action `alert`, an empty slot, the feature's name and the measure, \
            `value` or `missing`. `error_before` and `error_after` of such an event are the mean \
            of the values, or the share of missing ones, over about the last 1,000 and the last 50.

            A key's features are watched as its labels are learned, in that order: what an event \
            without a label held is not seen, and a correction is not a second observation. So the \
            log of what was learned rebuilds the watches exactly, and they are the same through \
            evictions and restarts. A feature is seen as it was learned, after `missing: mean` and \
            kin; with those no number is missing, and `drift.missing` refuses numbers.

            Of each watch two detectors are kept, one of them upside down, since most of MOA's \
            alarm only at a mean that rises. They want numbers from 0 to 1: the first %d values \
            give a mean and a standard deviation, and from then on a value at that mean is 0.5, \
            one %d deviations or more below it 0, above it 1. Missing is 1, not missing 0, also \
            from the %dst observation on. After an alarm the watch begins anew, so one drift is \
            told once. Nominal features have no mean, so only their missing values can be watched. \
            A feature with a cycle, such as the hour, drifts with every cycle that has enough events.

            Detectors with their defaults, over %d streams of %,d normally distributed values \
            whose mean moves by one standard deviation at %,d, up in half of them, down in the \
            others; columns as above.

            | detector | found | median delay | longest | false alarms |
            |---|---|---|---|---|
            """,
            FeatureWatch.REFERENCE,
            (int) FeatureWatch.REACH,
            FeatureWatch.REFERENCE + 1,
            STREAMS,
            LENGTH,
            DRIFT_AT));
    for (String name : Detectors.names()) {
      try {
        Detectors.check(name);
      } catch (OptionStringException e) {
        continue; // listed above
      }
      if (Detectors.takesOnlyHitsAndMisses(name)) {
        continue;
      }
      Detection d = featureDetection(name);
      page.append(
          String.format(
              Locale.ROOT,
              "| `%s` | %d of %d | %s | %s | %d |%n",
              name,
              d.found(),
              STREAMS,
              d.found() == 0 ? "" : d.median(),
              d.found() == 0 ? "" : d.longest(),
              d.falseAlarms()));
    }
  }

  private static Detection featureDetection(String name) {
    ModelContext context =
        new ModelContext(new FeatureSchema(List.of(Column.numeric("x"))), List.of("no", "yes"));
    FeatureWatchSpec spec = new FeatureWatchSpec("x", FeatureWatchSpec.Measure.VALUE, name);
    List<Long> delays = new ArrayList<>();
    int falseAlarms = 0;
    for (int seed = 1; seed <= STREAMS; seed++) {
      Random random = new Random(seed);
      FeatureWatch watch = new FeatureWatch(spec, context.newest());
      long first = 0;
      for (int i = 0; i < LENGTH; i++) {
        double moved = i < DRIFT_AT ? 0 : seed % 2 == 0 ? 1 : -1;
        watch.add(new double[] {random.nextGaussian() + moved});
        if (watch.raised()) {
          if (i < DRIFT_AT) {
            falseAlarms++;
          } else if (first == 0) {
            first = i + 1L - DRIFT_AT;
          }
          watch = new FeatureWatch(spec, context.newest());
        }
      }
      if (first > 0) {
        delays.add(first);
      }
    }
    return Detection.of(delays, falseAlarms);
  }

  private static Accuracy accuracy(OnDrift policy) {
    DriftSpec drift =
        new DriftSpec(
            WATCH.detector(),
            WATCH.warning(),
            DriftSpec.Signal.ERROR,
            policy == OnDrift.REPLACE ? OnWarning.START_BACKGROUND : OnWarning.NONE,
            policy,
            new DriftSpec.Boost(50, 1000),
            500);
    DriftPolicies policies = new DriftPolicies(drift, Map.of("quick", WATCH));
    List<SlotSpec> slots =
        List.of(new SlotSpec("nb", "bayes.NaiveBayes", 1), new SlotSpec("quick", QUICK, 1));
    long[] counts = new long[4];
    for (int key = 0; key < KEYS; key++) {
      int driftAt = 2000 + 300 * key;
      Stream stream = Stream.generated(drifting(key + 1, driftAt), driftAt + AFTER);
      Learning learning =
          new Learning(stream.context(), new Deployment(1, slots, "nb", policies, null));
      for (int i = 0; i < stream.rows().size(); i++) {
        Stream.Row row = stream.rows().get(i);
        boolean hit = learning.learn(row).servedAnswer().predicted() == row.label();
        int at = i < driftAt ? 0 : 2;
        counts[at]++;
        counts[at + 1] += hit ? 1 : 0;
      }
    }
    return new Accuracy(100.0 * counts[1] / counts[0], 100.0 * counts[3] / counts[2]);
  }

  private static String drifting(int seed, int at) {
    return "ConceptDriftStream -s (generators.AgrawalGenerator -f 1 -i "
        + seed
        + ") -d (generators.AgrawalGenerator -f 3 -i "
        + (seed + 100)
        + ") -p "
        + at
        + " -w 1";
  }
}

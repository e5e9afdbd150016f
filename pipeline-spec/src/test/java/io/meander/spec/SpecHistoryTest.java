/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static io.meander.spec.Payments.SPEC;
import static io.meander.spec.Payments.assertErrors;
import static io.meander.spec.Payments.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.meander.features.FeatureSpec.Range;
import io.meander.features.FeatureSpec.Remembered;
import io.meander.features.history.HistoryForm;
import io.meander.features.history.Stat;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Features that remember a key's past, as specs declare them. */
class SpecHistoryTest {

  @Test
  void readsEveryForm() throws Exception {
    PipelineSpec spec =
        parse(
            SPEC
                + """
                features:
                  - {name: a, window: loss, of: labels, stat: mean, last: 1h, clip: [-10, 180]}
                  - {name: b, window: amount, stat: quantile, last: 20, quantile: 0.9}
                  - {name: c, lag: amount, by: 2}
                  - {name: d, delta: amount}
                  - {name: e, since-last: kind}
                  - {name: f, ewma: fraud, of: labels, half-life: 2h}
                  - {name: g, scaled: amount, to: range}
                  - {name: h, frequency: kind, width: 16}
                  - {name: i, target: kind, buckets: 8, class: "true"}
                  - {name: j, window: kind, stat: distinct, last: 1h}
                  - {name: k, window: loss, of: labels, stat: quantile, last: 1d, panes: 4, sketch: 40}
                features-budget: 6KB
                """);
    assertThat(spec.features())
        .containsExactly(
            new Remembered(
                "a",
                "loss",
                true,
                new Range(-10, 180),
                null,
                new HistoryForm.Window(Stat.MEAN, 0.5, Duration.ofHours(1), 60)),
            past("b", "amount", false, new HistoryForm.LastN(Stat.QUANTILE, 0.9, 20)),
            past("c", "amount", false, new HistoryForm.Lag(2, false)),
            past("d", "amount", false, new HistoryForm.Lag(1, true)),
            past("e", "kind", false, new HistoryForm.Since()),
            past("f", "fraud", true, new HistoryForm.Weighted(Duration.ofHours(2), 0)),
            past("g", "amount", false, new HistoryForm.Scaled(false)),
            past("h", "kind", false, new HistoryForm.Seen(16)),
            new Remembered("i", "kind", true, Range.ALL, "true", new HistoryForm.Target(8, 20)),
            past(
                "j",
                "kind",
                false,
                new HistoryForm.Sketched(Stat.DISTINCT, 0.5, Duration.ofHours(1), 12, 128)),
            past(
                "k",
                "loss",
                true,
                new HistoryForm.Sketched(Stat.QUANTILE, 0.5, Duration.ofDays(1), 4, 40)));
    assertThat(spec.featureTransform().schema().size()).isEqualTo(11);
    assertThat(spec.keyedFeatures().maxBytesOf()).containsEntry("j", 1689).containsEntry("k", 1409);
  }

  @Test
  void saysWhatCannotBeRemembered() {
    assertErrors(
        SPEC + "features: [{name: a, window: loss, stat: mean, last: 1h}]\n",
        "features[0].window: 'loss' is known only with the label: as a feature it would give the"
            + " answer away; with of: labels it is remembered from when it was known");
    assertErrors(
        SPEC + "features: [{name: a, window: amount, stat: count, last: 10}]\n",
        "features[0]: a count is over a time: set last to a duration, such as last: 1h");
    assertErrors(
        SPEC + "features: [{name: a, window: amount, stat: mean, last: 1h, sketch: 32}]\n",
        "features[0]: sketch is the size of a distinct's or a quantile's sketches over a time:"
            + " delete it");
    assertErrors(
        SPEC + "features: [{name: a, window: kind, stat: distinct, last: 1h, sketch: 100}]\n",
        "features[0]: a sketch of distinct values has a power of two of registers, from 16 to 4096,"
            + " not 100");
    assertErrors(
        SPEC + "features: [{name: a, lag: kind}]\n",
        "features[0]: 'kind' is an enum, and this takes a number or a boolean");
    assertErrors(
        SPEC.replace(", time: {field: at}", "")
            + "features: [amount, {name: a, since-last: amount}]\n",
        "features[1]: goes by when events happened, and events.time is left out: declare it, or"
            + " count events where the form can (last: 100, half-life: 10)");
  }

  @Test
  void saysWhatIsOverTheBudget() throws Exception {
    String features = "features: [{name: a, target: kind, buckets: 400}, {name: b, lag: amount}]\n";
    assertErrors(
        SPEC + features,
        "features: keep up to 4835 bytes of each key's past (a 4816 + b 10 + header 9), and"
            + " features-budget is 4096: keep less (fewer panes, fewer of the last, fewer buckets, a"
            + " smaller width or sketch), or raise features-budget");
    assertThat(parse(SPEC + features + "features-budget: 5KB\n").keyedFeatures().maxBytes())
        .isEqualTo(4835);
  }

  private static Remembered past(String name, String field, boolean labels, HistoryForm form) {
    return new Remembered(name, field, labels, Range.ALL, null, form);
  }
}

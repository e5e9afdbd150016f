/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.cli.files.EventSample;
import io.meander.features.FeatureSchema;
import io.meander.models.Observation;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Looks among a spec's features for those that give the label away, by the measure that {@code
 * init} has for fields. Features of a key's past are open in a sample, so they are not looked at.
 */
public final class FeatureLeaks {

  /** As many as {@code init} looks at, unless it is told otherwise. */
  public static final int ROWS = 50_000;

  private FeatureLeaks() {}

  /**
   * What there is to warn of, going by the first rows of a file.
   *
   * @return one sentence a feature; none where labels come on a topic of their own
   */
  public static List<String> warnings(Path events, PipelineSpec spec) throws IOException {
    return spec.label().topic().isPresent()
        ? List.of()
        : warnings(spec, EventSample.labelled(events, spec, ROWS));
  }

  /**
   * @param sample events with their labels, in the file's order
   * @return the columns that alone predict the label, of a regression whether it is among the
   *     greatest quarter, with a kappa above 95; each with it, in percent
   */
  public static Map<String, Double> of(PipelineSpec spec, List<Observation> sample) {
    Map<String, Double> leaks = new LinkedHashMap<>();
    if (sample.isEmpty()) {
      return leaks;
    }
    OneFieldKappa kappa =
        spec.target().task() == Task.REGRESSION
            ? new OneFieldKappa(aboveMost(sample), 2)
            : new OneFieldKappa(
                sample.stream().mapToInt(event -> (int) event.label()).toArray(),
                spec.label().classes().size());
    List<FeatureSchema.Column> columns = spec.featureTransform().schema().columns();
    for (int i = 0; i < columns.size(); i++) {
      FeatureSchema.Column column = columns.get(i);
      double reached = kappa.of(new Column(sample, i, column.isNominal()));
      if (reached > LeakSearch.LEAK) {
        leaks.put(column.name(), reached);
      }
    }
    return leaks;
  }

  /** What {@link #of} found, one sentence each. */
  public static List<String> warnings(PipelineSpec spec, List<Observation> sample) {
    String predicted =
        spec.target().task() == Task.REGRESSION
            ? "whether the label is among the greatest quarter"
            : "the label";
    List<String> warnings = new ArrayList<>();
    of(spec, sample)
        .forEach(
            (column, kappa) ->
                warnings.add(
                    ("features: '%s' alone predicts %s with kappa %.1f in the first %s labelled rows;"
                            + " if it is known only with the label, put its field under"
                            + " label.outcome")
                        .formatted(column, predicted, kappa, Candidates.count(sample.size()))));
    return warnings;
  }

  private static int[] aboveMost(List<Observation> sample) {
    double[] labels = sample.stream().mapToDouble(Observation::label).toArray();
    double above =
        LabelChoice.exceededByAQuarter(
            IntStream.range(0, labels.length).mapToDouble(i -> labels[i]).sorted().toArray());
    return IntStream.range(0, labels.length).map(i -> labels[i] > above ? 1 : 0).toArray();
  }

  /** A column of the features that the spec makes of the events. */
  private record Column(List<Observation> sample, int index, boolean isWord)
      implements OneFieldKappa.Field {
    @Override
    public double value(int row) {
      return sample.get(row).features()[index];
    }
  }
}

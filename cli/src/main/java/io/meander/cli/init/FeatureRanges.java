/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.cli.files.EventSample;
import io.meander.features.FeatureSchema.Column;
import io.meander.features.FeatureSpec;
import io.meander.models.Observation;
import io.meander.spec.FeatureRange;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Between what numbers the features of a file's first events are. */
public final class FeatureRanges {

  private FeatureRanges() {}

  /**
   * @return by numeric column, without those that no event has a number for, and those of a key's
   *     past, which are open in a sample
   */
  public static Map<String, FeatureRange> of(Path events, PipelineSpec spec) throws IOException {
    Set<String> remembered =
        spec.features().stream()
            .filter(FeatureSpec.Remembered.class::isInstance)
            .map(FeatureSpec::name)
            .collect(Collectors.toSet());
    List<Observation> sample = EventSample.all(events, spec, FeatureLeaks.ROWS);
    List<Column> columns = spec.featureTransform().schema().columns();
    Map<String, FeatureRange> ranges = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      int column = i;
      String name = columns.get(i).name();
      if (!columns.get(i).isNominal() && !remembered.contains(name)) {
        var numbers =
            sample.stream()
                .mapToDouble(event -> event.features()[column])
                .filter(number -> !Double.isNaN(number))
                .summaryStatistics();
        if (numbers.getCount() > 0) {
          ranges.put(name, new FeatureRange(numbers.getMin(), numbers.getMax()));
        }
      }
    }
    return ranges;
  }
}

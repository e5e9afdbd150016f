/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.cli.files.EventSample;
import io.meander.features.FeatureSchema.Column;
import io.meander.models.Observation;
import io.meander.spec.FeatureRange;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Between what numbers the features of a file's first events are. */
public final class FeatureRanges {

  private FeatureRanges() {}

  /**
   * @return by numeric column, without those that no event has a number for: those of a key's past
   *     are open in a sample
   */
  public static Map<String, FeatureRange> of(Path events, PipelineSpec spec) throws IOException {
    List<Observation> sample = EventSample.all(events, spec, FeatureLeaks.ROWS);
    List<Column> columns = spec.featureTransform().schema().columns();
    Map<String, FeatureRange> ranges = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      int column = i;
      if (!columns.get(i).isNominal()) {
        var numbers =
            sample.stream()
                .mapToDouble(event -> event.features()[column])
                .filter(number -> !Double.isNaN(number))
                .summaryStatistics();
        if (numbers.getCount() > 0) {
          ranges.put(columns.get(i).name(), new FeatureRange(numbers.getMin(), numbers.getMax()));
        }
      }
    }
    return ranges;
  }
}

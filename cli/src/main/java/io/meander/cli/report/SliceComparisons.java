/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.models.Board;
import io.meander.models.Figure;
import io.meander.models.Scored;
import io.meander.models.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The paired comparisons of a run once more for every slice, and the file that has them. */
final class SliceComparisons {

  /** Scored labels of the slice in a block: a tenth of what an interval needs. */
  static final int BLOCK = 100;

  private final Target target;
  private final Map<List<String>, PairedBlocks> bySlice = new TreeMap<>(RunReport::compare);

  SliceComparisons(Target target) {
    this.target = target;
  }

  /**
   * @param slice its fields and their values
   */
  void add(List<String> slice, Scored scored) {
    bySlice.computeIfAbsent(slice, s -> new PairedBlocks(target, BLOCK)).add(scored);
  }

  /** What was served in a slice against no-change; null if that is the same. */
  PairedBlocks.Comparison leadOrNull(List<String> slice) {
    return bySlice.get(slice).all(List.of()).stream()
        .filter(comparison -> comparison.against().equals(Board.NO_CHANGE))
        .findFirst()
        .orElse(null);
  }

  void write(Path folder, List<String> slots) {
    try (CsvFile file = new CsvFile(folder.resolve("slice_comparisons.csv"), columns())) {
      bySlice.forEach(
          (slice, blocks) -> {
            for (PairedBlocks.Comparison comparison : blocks.all(slots)) {
              List<Object> row = new ArrayList<>(slice);
              row.add(comparison.predictor());
              row.add(comparison.against());
              row.add(comparison.instances());
              for (Figure figure : target.task().compared()) {
                PairedBlocks.Difference difference = comparison.of().get(figure);
                row.addAll(List.of(difference.value(), difference.low(), difference.high()));
              }
              file.row(row.toArray());
            }
          });
    }
  }

  private String[] columns() {
    List<String> columns =
        new ArrayList<>(List.of("slice", "value", "predictor", "against", "instances"));
    for (Figure figure : target.task().compared()) {
      columns.addAll(List.of(figure.key(), figure.key() + "_low", figure.key() + "_high"));
    }
    return columns.toArray(String[]::new);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.LabelledSample;
import io.meander.cli.init.FeatureLeaks;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Warns of features that give the label away, going by the first rows of a file. */
final class Leaks {

  /** As many as {@code init} looks at. */
  private static final long ROWS = 50_000;

  private Leaks() {}

  /** One sentence a feature; none where labels come on a topic of their own. */
  static List<String> warnings(Path events, PipelineSpec spec) throws IOException {
    return spec.label().topic().isPresent()
        ? List.of()
        : FeatureLeaks.warnings(spec, LabelledSample.of(events, spec, ROWS));
  }
}

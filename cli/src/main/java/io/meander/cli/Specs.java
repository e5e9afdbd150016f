/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.files.EventFile;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.nio.file.Path;

/** Loads the specs that commands are given. */
final class Specs {

  private Specs() {}

  /**
   * A spec whose schema, if it names none, is the file's. The file has rows, and its columns fit
   * the schema.
   */
  static PipelineSpec forFile(Path spec, Path events) throws SpecException, IOException {
    PipelineSpec loaded;
    try (EventFile file = EventFile.open(events)) {
      loaded = SpecLoader.load(spec, file.schema(), file.kind());
    }
    requireRows(loaded, events);
    return loaded;
  }

  /**
   * Checks that a file can be read as the spec's events and has some.
   *
   * @throws CommandFailure if it has no rows
   * @throws IOException if it cannot be read
   */
  static void requireRows(PipelineSpec spec, Path events) throws IOException {
    try (EventFile file = EventFile.open(events, spec.events().schema())) {
      if (!file.rows().hasNext()) {
        throw new CommandFailure(events + " has no rows.");
      }
    }
  }
}

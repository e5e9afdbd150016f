/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The spec that most commands begin with. */
final class SpecFile {

  @Parameters(paramLabel = "SPEC", description = "The pipeline spec, a YAML file.")
  private Path path;

  Path path() {
    return path;
  }
}

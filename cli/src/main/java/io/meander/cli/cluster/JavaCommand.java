/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Java processes that go on when this one ends. */
final class JavaCommand {

  private JavaCommand() {}

  /** The Java that runs this. */
  static String path() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /**
   * The same command in a session of its own, where the system can: Ctrl-C and the end of the
   * terminal are then none of its business. The process id stays the command's.
   */
  static List<String> detached(List<String> command) {
    for (String folder : List.of("/usr/bin", "/bin")) {
      Path setsid = Path.of(folder, "setsid");
      if (Files.isExecutable(setsid)) {
        List<String> detached = new ArrayList<>();
        detached.add(setsid.toString());
        detached.addAll(command);
        return detached;
      }
    }
    return command;
  }
}

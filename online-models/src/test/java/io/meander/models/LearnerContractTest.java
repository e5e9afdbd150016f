/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnerContractTest {

  @TempDir Path folder;

  @Test
  void tries() throws Exception {
    List<String> lines = new ArrayList<>();
    String only = System.getProperty("only", "");
    try (LearnerChecks checks = new LearnerChecks(folder)) {
      for (String name : Learners.names()) {
        if (!only.isEmpty() && !Arrays.asList(only.split(",")).contains(name)) {
          continue;
        }
        long t = System.nanoTime();
        LearnerVerdict v = Boolean.getBoolean("full") ? checks.full(name) : checks.quick(name);
        lines.add(
            (System.nanoTime() - t) / 1000000
                + " "
                + v.line()
                + (Boolean.getBoolean("full") && v.supported() ? checks.measure(name) : ""));
        Files.write(Path.of("/tmp/verdicts.txt"), lines);
      }
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    int n = Integer.getInteger("n", 1200);
    ContractJvm.Action go =
        Boolean.getBoolean("each")
            ? ContractJvm.Action.GO_ON_FROM_EACH_IMAGE
            : ContractJvm.Action.GO_ON;
    try (ContractJvm a = new ContractJvm();
        ContractJvm b = new ContractJvm()) {
      for (String name : Learners.names()) {
        if (!only.isEmpty() && !Arrays.asList(only.split(",")).contains(name)) {
          continue;
        }
        Task task = LearnerTasks.of(name);
        String result;
        long t = System.nanoTime();
        long t1 = t;
        if (task == Task.OTHER) {
          result = "refused " + LearnerTasks.whyNot(name);
        } else {
          try {
            String file = folder.resolve(name).toString();
            String notes =
                a.ask(
                    new ContractJvm.Question(ContractJvm.Action.LEARN, name, task, n, file),
                    Duration.ofSeconds(60));
            t1 = System.nanoTime();
            b.ask(new ContractJvm.Question(go, name, task, n, file), Duration.ofSeconds(90));
            result = "supported " + notes + " " + Files.size(Path.of(file));
          } catch (BrokenContractException e) {
            result = "refused " + e.getMessage();
          } catch (RuntimeException e) {
            result = "FAILED " + e;
          }
        }
        lines.add(
            "%s %s %d+%d ms: %s"
                .formatted(
                    name,
                    task,
                    (t1 - t) / 1_000_000,
                    (System.nanoTime() - t1) / 1_000_000,
                    result));
        Files.write(Path.of("/tmp/verdicts.txt"), lines);
      }
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetainedStateTest {

  @TempDir Path directory;

  @Test
  void findsTheNewestOfCompleteCheckpointsAndSavepoints() throws Exception {
    written("checkpoints/job1/chk-7", 1000);
    Path newest = written("savepoints/savepoint-a", 3000);
    written("checkpoints/job2/chk-2", 2000);
    Files.createDirectories(directory.resolve("checkpoints/job2/chk-3"));

    assertThat(RetainedState.newest(directory)).contains(newest.toUri().toString());
  }

  @Test
  void findsNothingInANewDirectory() {
    assertThat(RetainedState.newest(directory)).isEmpty();
  }

  private Path written(String path, long millis) throws Exception {
    Path made = Files.createDirectories(directory.resolve(path));
    Path metadata = Files.createFile(made.resolve("_metadata"));
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(millis));
    return made;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {

  @TempDir Path directory;

  @Test
  void makesADirectoryAndLeavesNothingInIt() {
    Path out = Directories.writable(directory.resolve("a/b"), "--out");

    assertThat(out).isEmptyDirectory();
  }

  @Test
  void saysWhichOptionNamedADirectoryThatCannotBeWritten() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "in the way");

    assertThatThrownBy(() -> Directories.writable(file, "--out"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageStartingWith("--out " + file + " cannot be written")
        .hasMessageContaining("a file is in the way");
  }

  @Test
  void removesATemporaryDirectoryWithAllInIt() throws Exception {
    Path path;
    try (Directories.Temporary temporary = new Directories.Temporary()) {
      path = temporary.path();
      Files.createDirectories(path.resolve("a/b"));
      Files.writeString(path.resolve("a/b/file"), "text");
    }
    assertThat(path).doesNotExist();
  }
}

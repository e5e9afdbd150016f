/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as far as it goes without building or starting anything. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a bash script")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LauncherTest {

  private static final Path LAUNCHER = Path.of(System.getProperty("meander.root"), "meander");

  @TempDir Path directory;

  @Test
  void isABashScriptWithoutSyntaxErrors() throws Exception {
    assertThat(LAUNCHER).isExecutable();
    assertThat(run("/usr", "bash", "-n", LAUNCHER.toString())).isEqualTo(new Ended(0, ""));
  }

  @Test
  void saysThatJavaHomeHasNoJavaEvenThroughASymbolicLink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), LAUNCHER);

    Ended ended = run(directory.toString(), link.toString(), "--version");
    Files.delete(link);

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.output())
        .contains("JAVA_HOME is '" + directory + "', but there is no bin/java in it");
  }

  @Test
  void saysThatJavaIsTooOld() throws Exception {
    Path java = Files.createDirectory(directory.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

    Ended ended = run(directory.toString(), LAUNCHER.toString(), "--version");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.output()).contains("Java 17 or newer is needed").contains("1.8.0_392");
  }

  @Test
  void saysWhichJarOfTheUsersIsNotThere() throws Exception {
    Path jar = Files.writeString(directory.resolve("own.jar"), "PK");
    Ended ended =
        run(
            System.getProperty("java.home"),
            "env",
            "MEANDER_CLASSPATH=" + jar + ":none.jar",
            LAUNCHER.toString(),
            "--version");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.output()).contains("MEANDER_CLASSPATH names 'none.jar', and there is no such");
  }

  @Test
  void aFileOfOwnTransformsThatIsNoJarIsNamed() throws Exception {
    Ended ended =
        run(
            System.getProperty("java.home"),
            "env",
            "MEANDER_CLASSPATH=" + LAUNCHER,
            LAUNCHER.toString(),
            "--version");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.output())
        .contains("MEANDER_CLASSPATH names '" + LAUNCHER + "', which is not a jar");
  }

  private record Ended(int exit, String output) {}

  private Ended run(String javaHome, String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(List.of(command)).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", javaHome);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), output);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.client.cli.ArtifactFetchOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * The command lines of Flink's processes, as the scripts of its distribution make them: memory from
 * the configuration, {@code env.java.opts.all}, the jars of {@code deploy/flink-lib}.
 */
final class FlinkCommands {

  /** Of a jar that Flink takes where it is, and does not copy first. */
  private static final String IN_PLACE = "local://";

  private static final Pattern WORDS = Pattern.compile("\\s+");
  private static final String JOB_MANAGER =
      "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
  private static final String APPLICATION =
      "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint";
  private static final String TASK_MANAGER =
      "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";
  private static final String CLIENT = "org.apache.flink.client.cli.CliFrontend";

  private final ClusterFolder folder;
  private final Path lib;
  private final Configuration configuration;

  /**
   * @param lib the jars of a Flink distribution
   */
  FlinkCommands(ClusterFolder folder, Path lib) {
    this.folder = folder;
    this.lib = lib;
    this.configuration = GlobalConfiguration.loadConfiguration(folder.conf().toString());
  }

  /** One that takes jobs. */
  List<String> jobManager(String name) {
    return jobManager(name, JOB_MANAGER, List.of("--executionMode", "cluster"));
  }

  /** One that runs a job of its own and ends with it, as in the containers of {@code deploy}. */
  List<String> jobManager(String name, ClusterOptions.Application job) {
    List<String> arguments = new ArrayList<>();
    // Else Flink would take one of that name from where it put an earlier cluster's.
    arguments.add("-D" + ArtifactFetchOptions.BASE_DIR.key() + "=" + folder.of("artifacts"));
    if (!job.more().isEmpty()) {
      arguments.add(
          job.more().stream()
              .map(jar -> jar.toUri().toString())
              .collect(Collectors.joining(";", "-D" + PipelineOptions.CLASSPATHS.key() + "=", "")));
    }
    arguments.addAll(
        List.of(
            "--jars", IN_PLACE + job.jar().toUri().getPath(), "--job-classname", job.mainClass()));
    job.savepoint().ifPresent(path -> arguments.addAll(List.of("--fromSavepoint", path)));
    if (job.allowNonRestoredState()) {
      arguments.add("--allowNonRestoredState");
    }
    arguments.addAll(job.arguments());
    return jobManager(name, APPLICATION, arguments);
  }

  private List<String> jobManager(String name, String mainClass, List<String> arguments) {
    JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
    List<String> command = java(name);
    words(JobManagerProcessUtils.generateJvmParametersStr(memory, configuration), command);
    command.addAll(List.of("-cp", classPath(), mainClass, "--configDir", folder.conf().toString()));
    words(JobManagerProcessUtils.generateDynamicConfigsStr(memory), command);
    command.addAll(arguments); // last, since what a job's main is told ends the options
    return command;
  }

  List<String> taskManager(String name) {
    TaskExecutorProcessSpec memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    List<String> command = java(name);
    words(ProcessMemoryUtils.generateJvmParametersStr(memory), command);
    command.addAll(
        List.of("-cp", classPath(), TASK_MANAGER, "--configDir", folder.conf().toString()));
    command.addAll(List.of("-D", "taskmanager.resource-id=" + name));
    words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory), command);
    return command;
  }

  /** The {@code flink} command. */
  List<String> client(List<String> arguments) {
    List<String> command = java("flink");
    command.addAll(List.of("-cp", classPath(), CLIENT));
    command.addAll(arguments);
    return command;
  }

  /** What Flink's processes expect in their environment. */
  Map<String, String> environment() {
    return Map.of(
        "FLINK_CONF_DIR",
        folder.conf().toString(),
        "FLINK_LIB_DIR",
        lib.toString(),
        "FLINK_PLUGINS_DIR",
        folder.of("plugins").toString(),
        "FLINK_HOME",
        folder.root().toString());
  }

  private List<String> java(String name) {
    List<String> command = new ArrayList<>();
    command.add(JavaCommand.path());
    words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS), command);
    command.add("-Dlog.file=" + folder.log(name));
    command.add("-Dlog4j.configurationFile=" + folder.logConfiguration().toUri());
    return command;
  }

  private String classPath() {
    return lib.resolve("*").toString();
  }

  private static void words(String text, List<String> command) {
    text.lines().flatMap(WORDS::splitAsStream).filter(w -> !w.isEmpty()).forEach(command::add);
  }
}

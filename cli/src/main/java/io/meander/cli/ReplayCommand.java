/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts files onto the events topic of a pipeline, and that of its labels. */
@Command(
    name = "replay",
    description = "Put a file's rows onto the topics of a pipeline, as fast as told.",
    sortOptions = false)
final class ReplayCommand implements Callable<Integer> {

  @Mixin private SpecFile specFile;

  @Option(
      names = "--events",
      required = true,
      paramLabel = "FILE",
      description = "The rows: .csv, .arff or .avro, also .gz.")
  private Path events;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Labels, where the spec has them on a topic of their own; in time order.")
  private Path labels;

  @Mixin private KafkaAddress kafka;

  @Option(
      names = "--rate",
      paramLabel = "N/s",
      defaultValue = "max",
      converter = Rate.Converter.class,
      description = "Events per second at most, or max (default: ${DEFAULT-VALUE}).")
  private Rate rate;

  @Option(
      names = "--speed",
      paramLabel = "X",
      description = "Follow the events' own times, X times faster than they were.")
  private double speed = Double.POSITIVE_INFINITY;

  @Option(names = "--limit", paramLabel = "N", description = "Send only the first N rows.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--create-topics",
      description = "Create the topics of events and labels if missing.")
  private boolean createTopics;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws SpecException, IOException, InterruptedException {
    Usage.atLeast(1, limit, "--limit", command);
    Usage.positive(speed, "--speed", command);
    PipelineSpec spec = SpecLoader.load(specFile.path());
    Specs.requireLabels(spec, labels, specFile.path());
    Usage.eventTimes(spec, speed, command);
    Specs.requireRows(spec, events);
    RunLog.open(null);
    var err = command.commandLine().getErr();
    Specs.warnLive(spec, err);
    try (KafkaTopics topics = new KafkaTopics(kafka)) {
      topics.require(spec.events().topic(), KafkaAddress.PARTITIONS, createTopics);
      if (labels != null) {
        topics.require(
            spec.label().topic().orElseThrow().topic(), KafkaAddress.PARTITIONS, createTopics);
      }
    }
    FileReplay replay = new FileReplay(spec, events, labels, kafka, limit, rate, speed);
    try (Closing closing = new Closing(() -> err.println("\nStopping ..."))) {
      Background sending = closing.add(new Background("replay", replay::run));
      RowCount rows = closing.add(new RowCount(events, limit));
      Throughput throughput = new Throughput();
      try (ProgressLine line = ProgressLine.on(err)) {
        while (!sending.await(ProgressLine.TICK)) {
          line.update(
              () ->
                  ProgressLine.bar(replay.sent(), rows.rows())
                      + "%,d rows sent  %,.0f/s"
                          .formatted(replay.sent(), throughput.perSecond(replay.sent())));
        }
      }
      command
          .commandLine()
          .getOut()
          .printf(
              "%,d rows of %s sent to topic '%s' in %.1f s (%,.0f/s)%n",
              replay.sent(),
              events,
              spec.events().topic(),
              throughput.seconds(),
              throughput.overall(replay.sent()));
    }
    if (replay.unfit() > 0) {
      err.printf(
          "%,d of them are no events of this pipeline; the job will reject them, with reasons on '%s'.%n",
          replay.unfit(), spec.topics().rejects());
    }
    return 0;
  }
}

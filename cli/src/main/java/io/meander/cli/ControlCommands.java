/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.ControlCommand;
import io.meander.avro.Deploy;
import io.meander.avro.Freeze;
import io.meander.avro.MalformedEventException;
import io.meander.avro.ModelSnapshot;
import io.meander.avro.Promote;
import io.meander.avro.Reset;
import io.meander.avro.Resume;
import io.meander.avro.Rollback;
import io.meander.avro.Seal;
import io.meander.avro.Status;
import io.meander.flink.control.Declarations;
import io.meander.flink.payloads.FlinkPayloads;
import io.meander.flink.payloads.PayloadFolder;
import io.meander.serving.PublishedModel;
import io.meander.serving.SnapshotException;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends commands to a pipeline's running job and waits for what it says. */
@Command(
    name = "control",
    description = "Change a pipeline's running job: its learners, who serves, what learns.",
    synopsisSubcommandLabel = "COMMAND")
final class ControlCommands implements Callable<Integer> {

  @Spec private CommandSpec command;

  /** What every command takes. */
  static final class Common {

    @Mixin private SpecFile specFile;
    @Mixin private KafkaAddress kafka;

    @Option(
        names = "--timeout",
        paramLabel = "SECONDS",
        description = "How long to wait for the job's answer (default: 30; seal: 600).")
    private Long timeout;

    @Option(
        names = "--expected-generation",
        paramLabel = "N",
        description = "Have the command refused if another generation is current.")
    private Long expectedGeneration;

    @Option(names = "--json", description = "Print the job's answer as JSON.")
    private boolean json;
  }

  /** For which keys. */
  static final class Keys {

    @Option(
        names = "--key",
        required = true,
        paramLabel = "KEY",
        description = "A model key's text, its parts joined by '|'; may be given more than once.")
    private List<String> keys = List.of();

    @Option(
        names = "--prefix",
        required = true,
        paramLabel = "TEXT",
        description = "All keys whose text begins so, those that come later included.")
    private String prefix;

    @Option(names = "--all", required = true, description = "All keys (the default).")
    private boolean all;
  }

  /** The scope's options exclude each other. */
  static final class Scope {

    @ArgGroup(exclusive = true)
    private Keys keys;

    private boolean isListed() {
      return keys != null && !keys.keys.isEmpty();
    }

    private void to(ControlCommand.Builder builder) {
      if (keys != null && !keys.all) {
        builder.setKeys(keys.keys).setPrefix(keys.prefix);
      }
    }
  }

  @Override
  public Integer call() {
    PrintWriter err = command.commandLine().getErr();
    err.println("meander control: which command?");
    command.commandLine().usage(err);
    return CommandLine.ExitCode.USAGE;
  }

  @Command(
      name = "deploy",
      sortOptions = false,
      description = {
        "Deploy the slots and policies of SPEC, for all keys.",
        "A slot whose learner or seed changes begins anew; one that stays goes on untouched."
      })
  int deploy(
      @Mixin Common common,
      @Option(names = "--dry-run", description = "Only show what would change.") boolean dryRun)
      throws SpecException {
    PipelineSpec spec = load(common);
    Deploy wanted = Declarations.of(spec.deployment(), spec.modelContext());
    PrintWriter out = command.commandLine().getOut();
    try (ControlClient client = client(common, spec)) {
      ControlAck now = client.send(c -> c.setStatus(new Status(true)));
      Deploy deployed = deployed(now);
      DeploymentChanges.checkPossible(deployed, wanted);
      List<String> changes = DeploymentChanges.of(deployed, wanted);
      if (!common.json || dryRun) {
        changes.forEach(out::println);
      }
      if (changes.isEmpty()) {
        return print(
            now,
            ("generation %d has the slots and policies of %s already; label, topics, decide, cost and"
                    + " watched features are not compared")
                .formatted(now.getGeneration(), common.specFile.path()),
            common);
      }
      if (dryRun) {
        return 0;
      }
      long expected =
          common.expectedGeneration == null ? now.getGeneration() : common.expectedGeneration;
      ControlAck ack = client.send(c -> c.setDeploy(wanted).setExpectedGeneration(expected));
      return print(ack, followed(ack), common);
    }
  }

  @Command(name = "promote", sortOptions = false, description = "Let a slot serve.")
  int promote(@Mixin Common common, @Mixin Scope scope, @Mixin SlotOption slot)
      throws SpecException {
    return order(common, scope, c -> c.setPromote(new Promote(slot.id)));
  }

  @Command(
      name = "rollback",
      sortOptions = false,
      description = {
        "Let a slot go on from an earlier version, in a new incarnation.",
        "Without --snapshot, from what the job keeps (recovery.history); keys that do not keep the"
            + " version stay as they are (metric rollbacksWithoutVersion)."
      })
  int rollback(
      @Mixin Common common,
      @Mixin Scope scope,
      @Mixin SlotOption slot,
      @Option(
              names = "--version",
              paramLabel = "N",
              description = "Of the slot's snapshot (default: the last that is kept).")
          Long version,
      @Option(
              names = "--snapshot",
              paramLabel = "FILE",
              description = {
                "Go back to the model in this snapshot file, for the keys of --key.",
                "One that is above snapshots.max-inline is put into snapshots.payloads, where the"
                    + " job reads it."
              })
          Path snapshot)
      throws SpecException {
    Rollback rollback = new Rollback(slot.id, version, null, null, 0L);
    if (snapshot != null) {
      ModelSnapshot read = whole(snapshot);
      bring(read.getPayload(), load(common), rollback);
      rollback.setTrainedInstances(read.getTrainedInstances());
      rollback.setVersion(version == null ? Math.max(1, read.getVersion()) : version);
    }
    return order(common, scope, c -> c.setRollback(rollback));
  }

  @Command(
      name = "freeze",
      sortOptions = false,
      description = "Let slots learn no more; they answer on as they are.")
  int freeze(@Mixin Common common, @Mixin Scope scope, @Mixin AnySlotOption slot)
      throws SpecException {
    return order(common, scope, c -> c.setFreeze(new Freeze(slot.id)));
  }

  @Command(name = "resume", sortOptions = false, description = "Let frozen slots learn again.")
  int resume(@Mixin Common common, @Mixin Scope scope, @Mixin AnySlotOption slot)
      throws SpecException {
    return order(common, scope, c -> c.setResume(new Resume(slot.id)));
  }

  @Command(
      name = "reset",
      sortOptions = false,
      description = "Let a slot begin anew with a fresh learner.")
  int reset(@Mixin Common common, @Mixin Scope scope, @Mixin SlotOption slot) throws SpecException {
    return order(common, scope, c -> c.setReset(new Reset(slot.id)));
  }

  @Command(
      name = "seal",
      sortOptions = false,
      description = {
        "Have the models of all keys written whole, so that another release can take them over.",
        "Until --release, or until the job is restarted, no key gets a log again: stop it with a"
            + " savepoint now."
      })
  int seal(
      @Mixin Common common,
      @Option(names = "--release", description = "End what an earlier seal began.") boolean release)
      throws SpecException {
    if (common.timeout == null && !release) {
      common.timeout = ControlClient.SEAL_SECONDS;
    }
    PipelineSpec spec = load(common);
    try (ControlClient client = client(common, spec)) {
      ControlAck ack = client.send(c -> expect(c, common).setSeal(new Seal(release)));
      return print(
          ack,
          release
              ? "released: keys get logs again"
              : "sealed: %,d keys were written, none has a log; stop the job with a savepoint"
                  .formatted(ack.getSealedKeys() == null ? 0 : ack.getSealedKeys()),
          common);
    }
  }

  @Command(
      name = "status",
      sortOptions = false,
      description = "Show what is deployed and how many keys have caught up with it.")
  int status(@Mixin Common common) throws SpecException {
    PipelineSpec spec = load(common);
    try (ControlClient client = client(common, spec)) {
      ControlAck ack = client.send(c -> expect(c, common).setStatus(new Status(true)));
      if (ack.getAccepted() && !common.json) {
        DeploymentChanges.print(deployed(ack), command.commandLine().getOut());
      }
      return print(
          ack,
          ack.getAccepted()
              ? "generation %d, %,d keys in memory, %,d of them not caught up"
                  .formatted(ack.getGeneration(), ack.getLiveKeys(), ack.getUnreconciledKeys())
              : "",
          common);
    }
  }

  /** A slot that must be named. */
  static final class SlotOption {
    @Option(names = "--slot", required = true, paramLabel = "ID", description = "The slot.")
    private String id;
  }

  /** A slot that may be named. */
  static final class AnySlotOption {
    @Option(names = "--slot", paramLabel = "ID", description = "The slot (default: all slots).")
    private String id;
  }

  private int order(Common common, Scope scope, Consumer<ControlCommand.Builder> kind)
      throws SpecException {
    PipelineSpec spec = load(common);
    try (ControlClient client = client(common, spec)) {
      ControlAck ack =
          client.send(
              c -> {
                scope.to(expect(c, common));
                kind.accept(c);
              });
      return print(ack, scope.isListed() ? sent(ack) : followed(ack), common);
    }
  }

  private static String followed(ControlAck ack) {
    return """
        accepted as generation %d: each key follows at its next event or label; of more than 1,000 that \
        are behind in a task, a few at a time (status counts them)"""
        .formatted(ack.getGeneration());
  }

  private static String sent(ControlAck ack) {
    return """
        accepted as generation %d: the order is sent to each key of --key; one that never had an event \
        has nothing to follow (metric ordersForUnknownKeys)"""
        .formatted(ack.getGeneration());
  }

  private static ControlCommand.Builder expect(ControlCommand.Builder builder, Common common) {
    return builder.setExpectedGeneration(common.expectedGeneration);
  }

  private PipelineSpec load(Common common) throws SpecException {
    if (common.timeout != null) {
      Usage.atLeast(1, common.timeout, "--timeout", command);
    }
    RunLog.open(null);
    return SpecLoader.load(common.specFile.path());
  }

  private static ControlClient client(Common common, PipelineSpec spec) {
    long seconds = common.timeout == null ? ControlClient.DEFAULT_SECONDS : common.timeout;
    return new ControlClient(spec, common.kafka, seconds, common.specFile.path());
  }

  private static Deploy deployed(ControlAck status) {
    if (!status.getAccepted()) {
      throw new CommandFailure("refused: " + status.getReason());
    }
    try {
      return AvroEncoding.ofJson(status.getDeployment(), Deploy.class);
    } catch (MalformedEventException e) {
      throw new CommandFailure("the job's answer cannot be read: " + e.getMessage(), e);
    }
  }

  /** In the command or, if it is as large as payloads that records do not hold, where those are. */
  private static void bring(ByteBuffer payload, PipelineSpec spec, Rollback rollback) {
    URI folder = spec.snapshots().payloads().orElse(null);
    if (folder == null || payload.remaining() <= spec.snapshots().maxInlineBytes()) {
      rollback.setPayload(payload);
      return;
    }
    try {
      PayloadFolder payloads = new PayloadFolder(new FlinkPayloads(), folder, spec.name());
      rollback.setPayloadUri(payloads.put(payload).toString());
    } catch (IOException e) {
      throw new CommandFailure(
          "the model, of %,d bytes, cannot be put into %s (snapshots.payloads): %s"
              .formatted(payload.remaining(), folder, Failures.describe(e)),
          e);
    }
  }

  /** A snapshot from its file, its payload with it wherever that was. */
  static ModelSnapshot whole(Path file) {
    try {
      byte[] bytes = PublishedModel.withPayload(PublishedModel.read(file).snapshot());
      return AvroEncoding.decode(bytes, ModelSnapshot.class);
    } catch (IOException e) {
      throw new CommandFailure("%s cannot be used: %s".formatted(file, Failures.describe(e)), e);
    } catch (SnapshotException | MalformedEventException e) {
      throw new CommandFailure("%s cannot be used: %s".formatted(file, e.getMessage()), e);
    }
  }

  private int print(ControlAck ack, String text, Common common) {
    if (common.json) {
      command.commandLine().getOut().println(AvroEncoding.json(ack));
      return ack.getAccepted() ? 0 : 1;
    }
    if (!ack.getAccepted()) {
      throw new CommandFailure(
          "refused (generation %d is current): %s".formatted(ack.getGeneration(), ack.getReason()));
    }
    command.commandLine().getOut().println(text);
    return 0;
  }
}

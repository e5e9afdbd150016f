/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlCommand;
import io.meander.flink.control.OrderCommands.Accepted;
import io.meander.flink.payloads.PayloadFolder;
import io.meander.models.Deployment;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelContext;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What every control command must satisfy, and what becomes of each kind. Pure: the same command
 * against the same deployment always gives the same.
 */
final class CommandRules {

  private static final String KINDS =
      "deploy, promote, rollback, freeze, resume, reset, seal, status";

  private final String pipeline;
  private final ModelContext context;
  private final DeployRules deploys;
  private final OrderCommands orders;

  /**
   * @param payloadsOrNull where payloads are that commands name; null: nowhere
   */
  CommandRules(String pipeline, ModelContext context, PayloadFolder payloadsOrNull) {
    this.pipeline = pipeline;
    this.context = context;
    this.deploys = new DeployRules(context);
    this.orders = new OrderCommands(new LearnerCodec(context), payloadsOrNull);
  }

  /** Checks what all kinds have in common. */
  void check(ControlCommand command, Deployment current) throws RefusedCommandException {
    if (command.getCommandId().isEmpty()) {
      throw new RefusedCommandException(
          "command_id: empty; give each command one of its own, such as a UUID");
    }
    if (!command.getPipeline().equals(pipeline)) {
      throw new RefusedCommandException(
          "pipeline: the command is for '"
              + command.getPipeline()
              + "', and this control topic is that of '"
              + pipeline
              + "'");
    }
    Long expected = command.getExpectedGeneration();
    if (expected != null && expected != current.generation()) {
      throw new RefusedCommandException(
          "expected_generation: "
              + expected
              + " was expected and "
              + current.generation()
              + " is current; look at what changed and send the command again");
    }
    long kinds =
        Stream.of(
                command.getDeploy(),
                command.getPromote(),
                command.getRollback(),
                command.getFreeze(),
                command.getResume(),
                command.getReset(),
                command.getSeal(),
                command.getStatus())
            .filter(Objects::nonNull)
            .count();
    if (kinds == 0) {
      throw new RefusedCommandException(
          "command: none is set that this release knows; it knows " + KINDS);
    }
    if (kinds > 1) {
      throw new RefusedCommandException(
          "command: " + kinds + " are set; send one command for each of " + KINDS);
    }
    boolean whole =
        command.getDeploy() != null || command.getSeal() != null || command.getStatus() != null;
    if (whole && !command.getKeys().isEmpty()) {
      throw new RefusedCommandException("keys: deploy, seal and status are for all keys");
    }
    if (whole && command.getPrefix() != null) {
      throw new RefusedCommandException("prefix: deploy, seal and status are for all keys");
    }
  }

  /**
   * @param command one that was checked and is neither a seal nor a status
   */
  Accepted apply(ControlCommand command, Deployment current) throws RefusedCommandException {
    return command.getDeploy() != null
        ? new Accepted(deploys.apply(command.getDeploy(), current), List.of())
        : orders.apply(command, current);
  }

  /** What is deployed, and on what, as the JSON text of a {@code Deploy} record. */
  String text(Deployment deployment) {
    return AvroEncoding.json(Declarations.of(deployment, context));
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.ControlCommand;
import io.meander.avro.Deploy;
import io.meander.avro.SlotDeclaration;
import io.meander.features.NearestName;
import io.meander.models.Deployment;
import io.meander.models.Learners;
import io.meander.models.OptionStringException;
import io.meander.models.SlotSpec;
import io.meander.models.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a control command must satisfy, and the deployment it makes. Pure: the same command against
 * the same deployment always gives the same.
 */
final class DeployRules {

  /** As in the spec. */
  private static final Pattern SLOT_ID = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

  private final String pipeline;
  private final Target target;

  DeployRules(String pipeline, Target target) {
    this.pipeline = pipeline;
    this.target = target;
  }

  /** The deployment after the command, one generation on from the current one. */
  Deployment apply(ControlCommand command, Deployment current) throws RefusedCommandException {
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
    if (command.getDeploy() == null) {
      throw new RefusedCommandException(
          "command: none is set that this release knows; it knows deploy");
    }
    return deploy(command.getDeploy(), current);
  }

  private Deployment deploy(Deploy deploy, Deployment current) throws RefusedCommandException {
    if (deploy.getSlots().isEmpty()) {
      throw new RefusedCommandException("slots: empty; a deployment has at least one");
    }
    List<SlotSpec> slots = new ArrayList<>();
    Set<String> ids = new LinkedHashSet<>();
    for (int i = 0; i < deploy.getSlots().size(); i++) {
      SlotDeclaration slot = deploy.getSlots().get(i);
      String path = "slots[" + i + "]";
      checkId(path + ".id", slot.getId());
      if (!ids.add(slot.getId())) {
        throw new RefusedCommandException(
            path + ".id: '" + slot.getId() + "' is there already; ids are unique");
      }
      checkLearner(path + ".learner", slot.getLearner());
      slots.add(new SlotSpec(slot.getId(), slot.getLearner(), slot.getSeed()));
    }
    if (!ids.contains(deploy.getChampion())) {
      throw new RefusedCommandException(
          "champion: '"
              + deploy.getChampion()
              + "' is not one of the slots "
              + ids
              + NearestName.suggestion(deploy.getChampion(), ids));
    }
    return new Deployment(
        current.generation() + 1,
        slots,
        deploy.getChampion(),
        current.drift(),
        current.twins(),
        current.limits(),
        current.serve());
  }

  private static void checkId(String path, String id) throws RefusedCommandException {
    if (!SLOT_ID.matcher(id).matches()) {
      throw new RefusedCommandException(
          path + ": '" + id + "' is not an id; up to 64 letters, digits, '_' and '-' are");
    }
    if (SlotSpec.RESERVED.contains(id)) {
      throw new RefusedCommandException(
          path + ": '" + id + "' is one of the ids that results use: " + SlotSpec.RESERVED);
    }
  }

  private void checkLearner(String path, String learner) throws RefusedCommandException {
    try {
      Learners.check(learner, target.task());
      Learners.checkClasses(learner, target.classes().size());
    } catch (OptionStringException e) {
      throw new RefusedCommandException(path + ": " + e.getMessage(), e);
    }
  }
}

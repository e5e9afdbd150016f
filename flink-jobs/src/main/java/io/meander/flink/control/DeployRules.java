/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.Deploy;
import io.meander.avro.SlotDeclaration;
import io.meander.features.NearestName;
import io.meander.models.Deployment;
import io.meander.models.DriftPolicies;
import io.meander.models.Learners;
import io.meander.models.ModelContext;
import io.meander.models.OptionStringException;
import io.meander.models.SlotSpec;
import io.meander.models.Target;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a deploy command must satisfy, and the deployment it makes. Pure: the same command against
 * the same deployment always gives the same.
 */
final class DeployRules {

  /** As in the spec. */
  private static final Pattern SLOT_ID = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

  private final String fingerprint;
  private final Target target;

  DeployRules(ModelContext context) {
    this.fingerprint = context.fingerprint();
    this.target = context.target();
  }

  /** The deployment after the command, one generation on from the current one. */
  Deployment apply(Deploy deploy, Deployment current) throws RefusedCommandException {
    String theirs = deploy.getFeatureFingerprint();
    if (theirs != null && !theirs.equals(fingerprint)) {
      throw new RefusedCommandException(
          "feature_fingerprint: the sender's features have "
              + theirs
              + ", this job's have "
              + fingerprint
              + "; slots and policies can be deployed, other features need another job");
    }
    if (!deploy.getClasses().isEmpty() && !deploy.getClasses().equals(target.classes())) {
      throw new RefusedCommandException(
          "classes: the sender's are "
              + deploy.getClasses()
              + ", this job's are "
              + target.classes()
              + "; slots and policies can be deployed, other classes need another job");
    }
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
    return next(deploy, slots, current);
  }

  private Deployment next(Deploy deploy, List<SlotSpec> slots, Deployment current)
      throws RefusedCommandException {
    DriftPolicies drift = PolicyRules.drift(deploy, current, target.task());
    return current.next(
        slots,
        deploy.getChampion(),
        true,
        drift,
        current.twins(),
        PolicyRules.limits(deploy, current),
        PolicyRules.serve(deploy, current, drift, target.task()));
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.Deploy;
import io.meander.avro.DriftDeclaration;
import io.meander.avro.ServeDeclaration;
import io.meander.avro.SlotDeclaration;
import io.meander.features.NearestName;
import io.meander.models.Deployment;
import io.meander.models.Detectors;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSpec;
import io.meander.models.OptionStringException;
import io.meander.models.ServePolicy;
import io.meander.models.SizeLimit;
import io.meander.models.Task;
import io.meander.spec.SpecWords;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes policies of those that a deploy command declares, and checks them as a spec's are. */
final class PolicyRules {

  private PolicyRules() {}

  /** How the slots are watched; what is left out is as it was. */
  static DriftPolicies drift(Deploy deploy, Deployment current, Task task)
      throws RefusedCommandException {
    boolean asBefore = deploy.getDrift() == null;
    DriftSpec every = asBefore ? current.drift().every() : drift("drift", deploy.getDrift(), task);
    Map<String, DriftSpec> bySlot = new TreeMap<>();
    for (int i = 0; i < deploy.getSlots().size(); i++) {
      SlotDeclaration slot = deploy.getSlots().get(i);
      if (slot.getDrift() != null) {
        bySlot.put(slot.getId(), drift("slots[" + i + "].drift", slot.getDrift(), task));
      } else if (asBefore && current.drift().bySlot().containsKey(slot.getId())) {
        bySlot.put(slot.getId(), current.drift().bySlot().get(slot.getId()));
      }
    }
    return new DriftPolicies(every, bySlot, current.drift().features());
  }

  /** How large learners may grow; what is left out is as it was. */
  static Map<String, SizeLimit> limits(Deploy deploy, Deployment current)
      throws RefusedCommandException {
    Map<String, SizeLimit> limits = new TreeMap<>();
    for (int i = 0; i < deploy.getSlots().size(); i++) {
      SlotDeclaration slot = deploy.getSlots().get(i);
      Long bytes = slot.getMaxBytes();
      if (bytes == null) {
        SizeLimit limit = current.limits().get(slot.getId());
        if (limit != null) {
          limits.put(slot.getId(), limit);
        }
        continue;
      }
      String path = "slots[" + i + "].";
      atLeast(path + "max_bytes", bytes, 0);
      if (bytes > 0) {
        limits.put(
            slot.getId(),
            new SizeLimit(
                bytes,
                one(path + "on_max_bytes", slot.getOnMaxBytes(), SizeLimit.Action.values())));
      }
    }
    return limits;
  }

  /** Whose votes are served; if it is left out, as it was. */
  static ServePolicy serve(Deploy deploy, Deployment current, DriftPolicies drift, Task task)
      throws RefusedCommandException {
    ServeDeclaration declared = deploy.getServe();
    ServePolicy policy =
        declared == null ? current.serve() : serve(declared).deciding(current.serve().decision());
    if (policy.kind() == ServePolicy.Kind.CHAMPION) {
      return policy;
    }
    String name = SpecWords.of(policy.kind());
    if (task == Task.ANOMALY) {
      throw new RefusedCommandException(
          "serve.policy: found '"
              + name
              + "', and scores of different learners cannot be compared; use champion");
    }
    if (deploy.getSlots().size() == 1) {
      throw new RefusedCommandException(
          "serve.policy: found '"
              + name
              + "' and one slot; add the slots that it goes by, or use champion");
    }
    for (SlotDeclaration slot : deploy.getSlots()) {
      if (drift.of(slot.getId()).onDrift() == DriftSpec.OnDrift.SWITCH) {
        throw new RefusedCommandException(
            "drift.on_drift: found 'switch' for slot "
                + slot.getId()
                + ", and serve.policy "
                + name
                + " says already who serves; use alert, reset, replace or boost");
      }
    }
    return policy;
  }

  private static ServePolicy serve(ServeDeclaration declared) throws RefusedCommandException {
    atLeast("serve.min_evidence", declared.getMinEvidence(), 1);
    share("serve.margin", declared.getMargin());
    share("serve.confidence", declared.getConfidence());
    if (declared.getConfidence() == 1) {
      throw new RefusedCommandException("serve.confidence: found 1.0; nothing is ever that sure");
    }
    atLeast("serve.cool_down", declared.getCoolDown(), 0);
    atLeast("serve.rollback_within", declared.getRollbackWithin(), 0);
    return new ServePolicy(
            one("serve.policy", declared.getPolicy(), ServePolicy.Kind.values()),
            declared.getMinEvidence(),
            declared.getMargin())
        .guarded(
            new ServePolicy.Guard(
                declared.getConfidence(), declared.getCoolDown(), declared.getRollbackWithin()));
  }

  private static DriftSpec drift(String path, DriftDeclaration declared, Task task)
      throws RefusedCommandException {
    detector(path + ".detector", declared.getDetector());
    if (declared.getWarning() != null) {
      detector(path + ".warning", declared.getWarning());
    }
    atLeast(path + ".boost_instances", declared.getBoostInstances(), 1);
    atLeast(path + ".background_instances", declared.getBackgroundInstances(), 1);
    double weight = declared.getBoostWeight();
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new RefusedCommandException(
          path + ".boost_weight: found " + weight + "; allowed: a number above 0");
    }
    DriftSpec.Signal signal =
        one(path + ".signal", declared.getSignal(), DriftSpec.Signal.values());
    DriftSpec.OnDrift onDrift =
        one(path + ".on_drift", declared.getOnDrift(), DriftSpec.OnDrift.values());
    checkTask(path, signal, onDrift, task);
    for (String detector :
        declared.getWarning() == null
            ? List.of(declared.getDetector())
            : List.of(declared.getDetector(), declared.getWarning())) {
      if (signal != DriftSpec.Signal.ERROR && Detectors.takesOnlyHitsAndMisses(detector)) {
        throw new RefusedCommandException(
            path
                + ".signal: '"
                + detector
                + "' takes hits and misses only, not "
                + SpecWords.of(signal)
                + (task == Task.CLASSIFICATION
                    ? "; use error, or another detector"
                    : "; use another detector")
                + " such as ADWINChangeDetector");
      }
    }
    return new DriftSpec(
        declared.getDetector(),
        declared.getWarning(),
        signal,
        one(path + ".on_warning", declared.getOnWarning(), DriftSpec.OnWarning.values()),
        onDrift,
        new DriftSpec.Boost(weight, declared.getBoostInstances()),
        declared.getBackgroundInstances());
  }

  private static void checkTask(
      String path, DriftSpec.Signal signal, DriftSpec.OnDrift onDrift, Task task)
      throws RefusedCommandException {
    boolean anomaly = task == Task.ANOMALY;
    if (anomaly != (signal == DriftSpec.Signal.SCORE)) {
      throw new RefusedCommandException(
          path
              + ".signal: found '"
              + SpecWords.of(signal)
              + (anomaly
                  ? "', which needs labels; anomalies are watched by their score"
                  : "', which only anomalies have"));
    }
    if (anomaly && (onDrift == DriftSpec.OnDrift.SWITCH || onDrift == DriftSpec.OnDrift.BOOST)) {
      throw new RefusedCommandException(
          path
              + ".on_drift: found '"
              + SpecWords.of(onDrift)
              + "'; of anomalies, use alert, reset or replace");
    }
  }

  private static void detector(String path, String detector) throws RefusedCommandException {
    try {
      Detectors.check(detector);
    } catch (OptionStringException e) {
      throw new RefusedCommandException(path + ": " + e.getMessage(), e);
    }
  }

  private static void atLeast(String path, long found, long least) throws RefusedCommandException {
    if (found < least) {
      throw new RefusedCommandException(
          path + ": found " + found + "; allowed: " + least + " and more");
    }
  }

  private static void share(String path, double found) throws RefusedCommandException {
    if (!(found >= 0 && found <= 1)) {
      throw new RefusedCommandException(path + ": found " + found + "; allowed: 0 to 1");
    }
  }

  private static <E extends Enum<E>> E one(String path, String found, E[] allowed)
      throws RefusedCommandException {
    for (E value : allowed) {
      if (SpecWords.of(value).equals(found)) {
        return value;
      }
    }
    List<String> names = Arrays.stream(allowed).map(SpecWords::of).toList();
    throw new RefusedCommandException(
        path
            + ": found '"
            + found
            + "'"
            + NearestName.suggestion(found, names)
            + "; allowed: "
            + String.join(", ", names));
  }
}

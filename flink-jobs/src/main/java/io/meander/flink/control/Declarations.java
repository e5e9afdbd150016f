/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.Deploy;
import io.meander.avro.DriftDeclaration;
import io.meander.avro.ServeDeclaration;
import io.meander.avro.SlotDeclaration;
import io.meander.models.Deployment;
import io.meander.models.DriftSpec;
import io.meander.models.ModelContext;
import io.meander.models.ServePolicy;
import io.meander.models.SizeLimit;
import io.meander.models.SlotSpec;
import io.meander.spec.SpecWords;
import java.util.List;

/** A deployment as a deploy command declares it, everything said that can be. */
public final class Declarations {

  private Declarations() {}

  /**
   * @param context the features and classes that it is deployed on
   */
  public static Deploy of(Deployment deployment, ModelContext context) {
    List<SlotDeclaration> slots =
        deployment.slots().stream().map(slot -> slot(slot, deployment)).toList();
    return new Deploy(
        slots,
        deployment.champion(),
        drift(deployment.drift().every()),
        serve(deployment.serve()),
        context.fingerprint(),
        context.classes());
  }

  private static SlotDeclaration slot(SlotSpec slot, Deployment deployment) {
    DriftSpec own = deployment.drift().bySlot().get(slot.id());
    SizeLimit limit = deployment.limits().get(slot.id());
    return new SlotDeclaration(
        slot.id(),
        slot.learner(),
        slot.seed(),
        own == null ? null : drift(own),
        limit == null ? 0 : limit.bytes(),
        SpecWords.of(limit == null ? SizeLimit.Action.RESTART : limit.action()));
  }

  private static DriftDeclaration drift(DriftSpec drift) {
    return new DriftDeclaration(
        drift.detector(),
        drift.warning(),
        SpecWords.of(drift.signal()),
        SpecWords.of(drift.onWarning()),
        SpecWords.of(drift.onDrift()),
        drift.boost().weight(),
        drift.boost().instances(),
        drift.backgroundInstances());
  }

  private static ServeDeclaration serve(ServePolicy serve) {
    return new ServeDeclaration(
        SpecWords.of(serve.kind()),
        serve.minEvidence(),
        serve.margin(),
        serve.guard().confidence(),
        serve.guard().coolDown(),
        serve.guard().rollbackWithin());
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.ByteArrayInputStream;
import moa.classifiers.Classifier;

/**
 * A published learner as bytes and back: the payload of a snapshot. The layout is an {@link
 * Envelope} of kind {@code L} whose body is the classifier in Java serialisation, the pipeline's
 * header as a reference.
 */
public final class LearnerCodec {

  /** Version of the layout, as snapshots name it. */
  public static final int FORMAT = Envelope.FORMAT;

  /** The version of MOA whose classes the payload holds. */
  public static final String MOA_VERSION = Envelope.MOA_VERSION;

  private final ModelContext context;

  public LearnerCodec(ModelContext context) {
    this.context = context;
  }

  /** The slot's learner as it is now. */
  public byte[] write(Slot slot) {
    return Envelope.seal(
        Envelope.LEARNER,
        slot.learner().header().fingerprint(),
        JavaObjects.write(slot.learner().classifier(), slot.learner().header().instances()));
  }

  /**
   * The slot's learner in canonical form, so that it does not matter whether the live one was read
   * from bytes before. Equal models give equal bytes.
   */
  public byte[] writeCanonical(Slot slot) {
    return Envelope.seal(
        Envelope.LEARNER,
        slot.learner().header().fingerprint(),
        JavaObjects.canonical(slot.learner().classifier(), slot.learner().header().instances()));
  }

  /**
   * A payload in canonical form: two payloads hold the same model exactly if these are equal.
   *
   * @throws ModelFormatException as {@link #read}
   */
  public byte[] canonical(byte[] payload) {
    Learner learner = learner(payload);
    return Envelope.seal(
        Envelope.LEARNER,
        learner.header().fingerprint(),
        JavaObjects.canonical(learner.classifier(), learner.header().instances()));
  }

  /**
   * A learner that answers as the published one did.
   *
   * @throws ModelFormatException if the bytes are broken, from another MOA version or schema, or
   *     hold a class that is not allowed
   */
  public Predictor read(byte[] payload) {
    LiveSize live = new LiveSize();
    return new Predictor(context, learner(payload, live), live.bytes());
  }

  /**
   * Checks that a slot can go on from a published learner.
   *
   * @throws ModelFormatException as {@link #read}, or if it is another learner than the slot's
   */
  public void check(SlotSpec slot, byte[] payload) {
    String found = learner(payload).classifier().getCLICreationString(Classifier.class);
    String wanted =
        Learners.create(slot, context).classifier().getCLICreationString(Classifier.class);
    if (!found.equals(wanted)) {
      throw new ModelFormatException(
          "holds '" + found + "', and the learner of slot " + slot.id() + " is '" + wanted + "'");
    }
  }

  /**
   * The learner that was published, to go on from.
   *
   * @throws ModelFormatException as {@link #read}
   */
  Learner learner(byte[] payload) {
    return learner(payload, new LiveSize());
  }

  private Learner learner(byte[] payload, LiveSize live) {
    Envelope.Opened opened = Envelope.open(Envelope.LEARNER, payload);
    Header header = context.header(opened.fingerprint());
    Classifier classifier =
        JavaObjects.read(
            new ByteArrayInputStream(opened.body()), Classifier.class, header.instances(), live);
    return new Learner(classifier, header);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.features.FeatureLayout;
import io.meander.flink.StoredLayout;
import io.meander.flink.wire.LayoutFormat;
import io.meander.models.Deployment;
import io.meander.models.ModelContext;
import io.meander.models.Target;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;

/**
 * What a learning operator's state says of its pipeline: enough to read the keys' models without
 * the spec. It is in the union list states {@link #STATES}, of which every task's part is the same
 * or empty.
 */
public final class StoredPipeline implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The names of the states that {@link #read} takes, in its order. */
  public static final List<String> STATES =
      List.of(TakeOver.TERMS, StoredLayout.LAYOUT, ControlInput.DEPLOYMENT);

  private final byte[] terms;
  private final byte[] layout;
  private final byte[] deployment;

  private StoredPipeline(byte[] terms, byte[] layout, byte[] deployment) {
    this.terms = terms;
    this.layout = layout;
    this.deployment = deployment;
  }

  /**
   * @param states one entry of each of {@link #STATES}
   * @throws IOException if the bytes are broken, or of a format that this release does not read
   */
  public static StoredPipeline read(List<byte[]> states) throws IOException {
    StoredPipeline read = new StoredPipeline(states.get(0), states.get(1), states.get(2));
    StateTerms.read(read.terms);
    LayoutFormat.read(read.layout);
    DeploymentCodec.read(read.deployment);
    return read;
  }

  private StateTerms terms() {
    return known(() -> StateTerms.read(terms));
  }

  /** {@code classification}, {@code regression} or {@code anomaly}. */
  public String task() {
    return terms().task();
  }

  /** In order; none of a regression. */
  public List<String> classes() {
    return terms().classes();
  }

  /** The fields that state is kept by; none: one model set for the whole stream. */
  public List<String> keyFields() {
    return terms().key();
  }

  /** Where labels come from, in words. */
  public String labels() {
    return terms().labels();
  }

  /** Whether a run over files left it. */
  public boolean isFromFiles() {
    return terms().fromFiles();
  }

  /** Version of the rules by which the update logs are learned again. */
  public int learningVersion() {
    return terms().learningVersion();
  }

  /** The version of MOA whose classes the images hold. */
  public String moaVersion() {
    return terms().moaVersion();
  }

  /** The feature schemas by which models learn, the newest last. */
  public FeatureLayout layout() {
    return known(() -> LayoutFormat.read(layout));
  }

  public Deployment deployment() {
    return known(() -> DeploymentCodec.read(deployment));
  }

  ModelContext context() {
    StateTerms read = terms();
    return new ModelContext(layout(), Target.of(read.task(), read.classes()));
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  /** These bytes were read before. */
  private static <T> T known(Reading<T> reading) {
    try {
      return reading.read();
    } catch (IOException e) {
      throw new IllegalStateException("what was read before cannot be read", e);
    }
  }
}

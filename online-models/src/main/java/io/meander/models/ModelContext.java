/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.features.FeatureSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What all models of a pipeline share: the columns, what they predict, and MOA's header made of
 * both, the target last. One per operator; models keep references to it, never copies. Immutable,
 * though MOA's header is not by type.
 */
public final class ModelContext {

  private final FeatureSchema features;
  private final int columns;
  private final Target target;
  private final String fingerprint;
  private final long fingerprintBits;
  private final InstancesHeader header;

  /** Of a classification. */
  public ModelContext(FeatureSchema features, List<String> classes) {
    this(features, new ClassTarget(classes));
  }

  public ModelContext(FeatureSchema features, Target target) {
    this.features = features;
    this.columns = features.size();
    this.target = target;
    this.fingerprint = features.fingerprint();
    this.fingerprintBits = Long.parseUnsignedLong(fingerprint, 16);
    List<Attribute> attributes = new ArrayList<>(features.size() + 1);
    for (FeatureSchema.Column column : features.columns()) {
      attributes.add(
          column.isNominal()
              ? new Attribute(column.name(), new ArrayList<>(column.values()))
              : new Attribute(column.name()));
    }
    attributes.add(target.attribute());
    Instances instances = new Instances("events", attributes, 0);
    instances.setClassIndex(features.size());
    this.header = new InstancesHeader(instances);
  }

  public FeatureSchema features() {
    return features;
  }

  public Target target() {
    return target;
  }

  /** The class list in order; empty where the target is a number. */
  public List<String> classes() {
    return target.classes();
  }

  /** {@link FeatureSchema#fingerprint()} of the columns. */
  public String fingerprint() {
    return fingerprint;
  }

  /** The fingerprint as the number that its text is. */
  long fingerprintBits() {
    return fingerprintBits;
  }

  InstancesHeader header() {
    return header;
  }

  /**
   * A fresh instance without its class, of anomalies with the class that all have; the learner that
   * trains on it may keep it.
   */
  Instance instance(double[] vector) {
    if (vector.length != columns) {
      throw new IllegalArgumentException(
          "a vector of " + vector.length + " values for " + columns + " columns");
    }
    double[] values = Arrays.copyOf(vector, vector.length + 1);
    values[vector.length] = target.taught(Double.NaN);
    Instance instance = new DenseInstance(1.0, values);
    instance.setDataset(header);
    return instance;
  }
}

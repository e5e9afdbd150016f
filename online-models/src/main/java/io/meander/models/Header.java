/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.features.FeatureLayout;
import io.meander.features.FeatureSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * What learners of one feature schema share: MOA's header, made of the columns and the target, the
 * target last, and how a vector of the pipeline's layout becomes an instance under it. Learners
 * keep a reference to the one that they learn under, never a copy. Immutable, though MOA's header
 * is not by type.
 */
final class Header {

  private final FeatureSchema features;
  private final String fingerprint;
  private final long fingerprintBits;
  private final int index;
  private final int[] places;

  /** Whether the layout is this schema. */
  private final boolean whole;

  private final List<String> names;
  private final InstancesHeader instances;

  /** The class of an instance whose label is not known. */
  private final double unknown;

  /**
   * @param index among the headers of its context
   */
  Header(FeatureSchema features, FeatureLayout layout, Target target, int index) {
    this.features = features;
    this.fingerprint = features.fingerprint();
    this.fingerprintBits = Long.parseUnsignedLong(fingerprint, 16);
    this.index = index;
    this.names = features.columns().stream().map(FeatureSchema.Column::name).toList();
    this.places = layout.places(features);
    this.unknown = target.taught(Double.NaN);
    this.whole = layout.schemas().stream().allMatch(features::equals);
    List<Attribute> attributes = new ArrayList<>(features.size() + 1);
    for (FeatureSchema.Column column : features.columns()) {
      attributes.add(
          column.isNominal()
              ? new Attribute(column.name(), new ArrayList<>(column.values()))
              : new Attribute(column.name()));
    }
    attributes.add(target.attribute());
    Instances made = new Instances("events", attributes, 0);
    made.setClassIndex(features.size());
    this.instances = new InstancesHeader(made);
  }

  FeatureSchema features() {
    return features;
  }

  String fingerprint() {
    return fingerprint;
  }

  /** The fingerprint as the number that its text is. */
  long fingerprintBits() {
    return fingerprintBits;
  }

  int index() {
    return index;
  }

  InstancesHeader instances() {
    return instances;
  }

  /** Where in the vectors the column of that name is; -1 if there is none. */
  int place(String column) {
    for (int i = 0; i < places.length; i++) {
      if (features.columns().get(i).name().equals(column)) {
        return places[i];
      }
    }
    return -1;
  }

  /**
   * The columns of a vector as they are named and meant.
   *
   * @param vector as of {@link #instance}
   */
  ServedFeatures served(double[] vector) {
    List<Object> values = new ArrayList<>(places.length);
    for (int i = 0; i < places.length; i++) {
      double value = places[i] < vector.length ? vector[places[i]] : Double.NaN;
      FeatureSchema.Column column = features.columns().get(i);
      if (Double.isNaN(value)) {
        values.add(null);
      } else {
        values.add(column.isNominal() ? column.values().get((int) value) : (Object) value);
      }
    }
    return new ServedFeatures(names, values);
  }

  /**
   * A fresh instance without its class, of anomalies with the class that all have; the learner that
   * trains on it may keep it.
   *
   * @param vector of the layout, or of an earlier one: then what it lacks is missing
   */
  Instance instance(double[] vector) {
    if (whole && vector.length != places.length) {
      throw new IllegalArgumentException(
          "a vector of " + vector.length + " values for " + places.length + " columns");
    }
    double[] values = new double[places.length + 1];
    for (int i = 0; i < places.length; i++) {
      values[i] = places[i] < vector.length ? vector[places[i]] : Double.NaN;
    }
    values[places.length] = unknown;
    Instance instance = new DenseInstance(1.0, values);
    instance.setDataset(instances);
    return instance;
  }
}

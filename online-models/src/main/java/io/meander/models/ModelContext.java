/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.features.FeatureLayout;
import io.meander.features.FeatureSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * What all models of a pipeline share: the columns, what they predict, and MOA's headers made of
 * both. Fresh models learn under the newest schema; those that began under an earlier one go on
 * under that. One per operator; models keep references to it, never copies. Immutable.
 */
public final class ModelContext {

  private final FeatureLayout layout;
  private final Target target;

  /** One of each schema, in the order in which they came first. */
  private final List<Header> headers = new ArrayList<>();

  private final Header newest;

  /** Of a classification. */
  public ModelContext(FeatureSchema features, List<String> classes) {
    this(features, new ClassTarget(classes));
  }

  /** Of a pipeline whose features never changed. */
  public ModelContext(FeatureSchema features, Target target) {
    this(FeatureLayout.of(features), target);
  }

  public ModelContext(FeatureLayout layout, Target target) {
    this.layout = layout;
    this.target = target;
    for (FeatureSchema schema : layout.schemas()) {
      if (headers.stream().noneMatch(header -> header.features().equals(schema))) {
        headers.add(new Header(schema, layout, target, headers.size()));
      }
    }
    this.newest =
        headers.stream()
            .filter(header -> header.features().equals(layout.newest()))
            .findFirst()
            .orElseThrow();
  }

  /** The newest schema. */
  public FeatureSchema features() {
    return newest.features();
  }

  /** The columns of the vectors. */
  public FeatureLayout layout() {
    return layout;
  }

  public Target target() {
    return target;
  }

  /** The class list in order; empty where the target is a number. */
  public List<String> classes() {
    return target.classes();
  }

  /** {@link FeatureSchema#fingerprint()} of the newest schema. */
  public String fingerprint() {
    return newest.fingerprint();
  }

  /** That of fresh models. */
  Header newest() {
    return newest;
  }

  /**
   * As it was when the label had its first classes only; itself if these are all.
   *
   * @throws ModelFormatException if it never had so many
   */
  ModelContext withClasses(int count) {
    try {
      Target then = target.ofFirst(count);
      return then == target ? this : new ModelContext(layout, then);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(
          "was learned of " + count + " classes, the pipeline has " + classes(), e);
    }
  }

  /** One of each schema. */
  List<Header> headers() {
    return headers;
  }

  /**
   * The header of the schema with that fingerprint.
   *
   * @throws ModelFormatException if the pipeline has none
   */
  Header header(String fingerprint) {
    for (Header header : headers) {
      if (header.fingerprint().equals(fingerprint)) {
        return header;
      }
    }
    throw new ModelFormatException(
        "was learned under feature schema "
            + fingerprint
            + ", the pipeline's is "
            + newest.fingerprint());
  }

  /** As {@link #header(String)}, null if there is none. */
  Header headerOrNull(long fingerprintBits) {
    for (Header header : headers) {
      if (header.fingerprintBits() == fingerprintBits) {
        return header;
      }
    }
    return null;
  }

  /**
   * What a model that learns under a schema was given of an event.
   *
   * @param schema one of the layout's
   * @param vector of the layout
   */
  public ServedFeatures served(FeatureSchema schema, double[] vector) {
    for (Header header : headers) {
      if (header.features().equals(schema)) {
        return header.served(vector);
      }
    }
    throw new IllegalArgumentException("no schema of this layout: " + schema.fingerprint());
  }

  /** MOA's header of the newest schema. */
  InstancesHeader header() {
    return newest.instances();
  }

  /** An instance under the newest schema, see {@link Header#instance}. */
  Instance instance(double[] vector) {
    return newest.instance(vector);
  }
}

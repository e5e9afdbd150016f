/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * All columns that a pipeline's vectors hold: those of its newest schema and those of earlier ones,
 * which models may still learn from. Each schema adds a block: its columns that were not there yet,
 * at the end. So a vector made under an earlier layout is the beginning of one made under a later,
 * and the layout of a single schema is that schema. Immutable.
 */
public final class FeatureLayout implements Serializable {

  private static final long serialVersionUID = 1L;

  private final List<FeatureSchema> schemas;
  private final List<FeatureSchema> blocks = new ArrayList<>();
  private final List<FeatureSchema.Column> columns;

  /**
   * @param schemas in the order in which they came, the newest last; one that came again is there
   *     again
   */
  public FeatureLayout(List<FeatureSchema> schemas) {
    if (schemas.isEmpty()) {
      throw new IllegalArgumentException("there is no schema");
    }
    this.schemas = List.copyOf(schemas);
    Set<FeatureSchema.Column> all = new LinkedHashSet<>();
    for (FeatureSchema schema : schemas) {
      blocks.add(new FeatureSchema(schema.columns().stream().filter(all::add).toList()));
    }
    this.columns = List.copyOf(all);
  }

  /** Of a pipeline whose features never changed. */
  public static FeatureLayout of(FeatureSchema schema) {
    return new FeatureLayout(List.of(schema));
  }

  /** This one with another schema as the newest; itself if that is the newest. */
  public FeatureLayout followedBy(FeatureSchema schema) {
    if (newest().equals(schema)) {
      return this;
    }
    List<FeatureSchema> all = new ArrayList<>(schemas);
    all.add(schema);
    return new FeatureLayout(all);
  }

  /** In the order in which they came, the newest last. */
  public List<FeatureSchema> schemas() {
    return schemas;
  }

  public FeatureSchema newest() {
    return schemas.get(schemas.size() - 1);
  }

  /** What each schema added, in their order; a schema without columns if it added nothing. */
  List<FeatureSchema> blocks() {
    return blocks;
  }

  /** Whether vectors had so many values once, or have now. */
  public boolean hadSize(int size) {
    int sum = 0;
    for (FeatureSchema block : blocks) {
      sum += block.size();
      if (sum == size) {
        return true;
      }
    }
    return false;
  }

  /** Values of a vector. */
  public int size() {
    return columns.size();
  }

  /** Where the columns of a schema are in the vectors. */
  public int[] places(FeatureSchema schema) {
    return schema.columns().stream().mapToInt(columns::indexOf).toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureLayout layout && layout.schemas.equals(schemas);
  }

  @Override
  public int hashCode() {
    return schemas.hashCode();
  }

  @Override
  public String toString() {
    return "FeatureLayout" + columns;
  }
}

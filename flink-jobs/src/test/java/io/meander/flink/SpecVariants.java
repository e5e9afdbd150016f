/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.spec.PipelineSpec;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** A pipeline spec, and the same with one part changed, for parts that no method of it changes. */
public final class SpecVariants {

  private SpecVariants() {}

  /**
   * @param part the name of one of the record's components
   */
  public static PipelineSpec with(PipelineSpec spec, String part, Object valueOrNull) {
    RecordComponent[] parts = PipelineSpec.class.getRecordComponents();
    int changed = Arrays.stream(parts).map(RecordComponent::getName).toList().indexOf(part);
    if (changed < 0) {
      throw new IllegalArgumentException("no '" + part + "' in " + List.of(parts));
    }
    try {
      Object[] values = new Object[parts.length];
      for (int i = 0; i < parts.length; i++) {
        values[i] = i == changed ? valueOrNull : parts[i].getAccessor().invoke(spec);
      }
      Class<?>[] types =
          Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
      return PipelineSpec.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("changing '" + part + "'", e);
    }
  }
}

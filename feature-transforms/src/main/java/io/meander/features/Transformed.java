/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.transform.TransformOptions;
import io.meander.features.transform.UserFeature;
import io.meander.features.transform.UserTransform;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;

/**
 * A feature that a transform of the user's own makes.
 *
 * @param transform its name
 * @param version of it
 * @param type name of its class
 * @param fields that it takes, in the order of its inputs
 * @param with all its options: doubles, texts, booleans, lists of doubles or texts
 */
public record Transformed(
    String name,
    String transform,
    int version,
    String type,
    List<String> fields,
    Map<String, Object> with)
    implements FeatureSpec {

  public Transformed {
    fields = List.copyOf(fields);
    with = Collections.unmodifiableMap(new TreeMap<>(with));
  }

  /**
   * Of the highest version that is there.
   *
   * @param given options by name; what is left out has the transform's own default
   * @throws TransformOptions.OptionException if an option does not fit
   * @throws IllegalArgumentException if there is no such transform
   */
  public static Transformed of(
      String name, String transform, List<String> fields, Map<String, ?> given) {
    UserTransform found = UserTransforms.find(transform);
    return new Transformed(
        name,
        transform,
        found.version(),
        found.getClass().getName(),
        fields,
        TransformOptions.of(found.options(), given).values());
  }

  @Override
  public ColumnWriter writer(Schema event) {
    UserTransform found = UserTransforms.find(transform, version, type);
    UserFeature feature;
    try {
      feature = found.feature(TransformOptions.of(found.options(), with));
    } catch (RuntimeException e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new IllegalArgumentException("'" + transform + "' takes no such options: " + why, e);
    }
    TransformColumns columns = new TransformColumns(this, feature, event);
    return columns.remembers() ? columns.open() : columns;
  }
}

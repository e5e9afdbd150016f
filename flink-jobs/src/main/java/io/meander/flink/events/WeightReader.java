/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.features.FieldPath;
import io.meander.spec.PipelineSpec;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Reads an event's own weight; 1 for a pipeline that declares no field for it. */
final class WeightReader {

  private static final double LEAST = 1e-9;
  private static final double MOST = 1e9;

  private final FieldPath fieldOrNull;

  WeightReader(PipelineSpec.Weight weight, Schema event) {
    this.fieldOrNull = weight.field().map(field -> FieldPath.of(field, event)).orElse(null);
  }

  /**
   * @return from 1e-9 to 1e9
   */
  double read(GenericRecord event) throws UnfitRecordException {
    if (fieldOrNull == null) {
      return 1;
    }
    Object value = fieldOrNull.read(event);
    if (value instanceof Number number
        && number.doubleValue() >= LEAST
        && number.doubleValue() <= MOST) {
      return number.doubleValue();
    }
    throw new UnfitRecordException(
        RejectReason.BAD_WEIGHT,
        "weight '"
            + fieldOrNull
            + "' is "
            + (value == null ? "null" : "'" + value + "'")
            + "; allowed: a number from 1e-9 to 1e9");
  }
}

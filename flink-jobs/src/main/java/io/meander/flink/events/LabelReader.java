/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.features.LabelValue;
import io.meander.features.NearestName;
import io.meander.features.UnfitEventException;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * Reads the label as a value of the target: the number that it is or, of classes, the index in the
 * class list: with {@code above}, whether a number exceeds it; else the class that its text names.
 * A null, a NaN or an infinity is no label.
 */
final class LabelReader {

  private static final int ABOVE = 1;
  private static final int NOT_ABOVE = 0;

  private final LabelValue value;
  private final Double above;
  private final List<String> classes;
  private final Map<String, Integer> indexes = new HashMap<>();

  LabelReader(PipelineSpec.Label label, Schema event) {
    this.value = label.value(event);
    this.above = label.aboveOrNull();
    this.classes = label.classes();
    for (int i = 0; i < classes.size(); i++) {
      indexes.put(classes.get(i), i);
    }
  }

  /**
   * @return index in the class list, or the number, or {@link Observation#NO_LABEL}
   */
  double read(GenericRecord event) throws UnfitRecordException {
    try {
      if (above == null && !classes.isEmpty()) {
        return readClass(event);
      }
      double number = value.number(event);
      if (above == null || Double.isNaN(number)) {
        return number;
      }
      return number > above ? ABOVE : NOT_ABOVE;
    } catch (UnfitEventException e) {
      throw new UnfitRecordException(RejectReason.BAD_FIELD, "label " + e.getMessage(), e);
    }
  }

  private double readClass(GenericRecord event) throws UnfitEventException, UnfitRecordException {
    String text = value.text(event);
    if (text == null) {
      return Observation.NO_LABEL;
    }
    Integer index = indexes.get(text);
    if (index == null) {
      throw unknownClass(text);
    }
    return index;
  }

  private UnfitRecordException unknownClass(String text) {
    return new UnfitRecordException(
        RejectReason.UNKNOWN_CLASS,
        "label '"
            + value
            + "' is '"
            + text
            + "', which is not one of label.classes "
            + classes
            + NearestName.suggestion(text, classes));
  }
}

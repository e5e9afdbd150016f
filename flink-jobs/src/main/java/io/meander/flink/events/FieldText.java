/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.features.FieldPath;
import io.meander.features.UnfitEventException;
import org.apache.avro.generic.GenericRecord;

/** A field read as text: of a key, an id, a slice, a label that is a class's name. */
final class FieldText {

  private FieldText() {}

  /**
   * Text, an enum's symbol, a boolean or a number as Java writes it; null if the field is null.
   *
   * @throws UnfitRecordException if the value has no text of its own
   */
  static String read(String use, FieldPath field, GenericRecord event) throws UnfitRecordException {
    try {
      return field.text(event);
    } catch (UnfitEventException e) {
      throw new UnfitRecordException(RejectReason.BAD_FIELD, use + " " + e.getMessage(), e);
    }
  }
}

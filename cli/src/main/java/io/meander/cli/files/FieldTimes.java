/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import io.meander.features.EventTimeReader;
import io.meander.features.FieldPath;
import io.meander.features.UnfitEventException;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** A field's time, as the spec reads it. */
record FieldTimes(FieldPath field, EventTimeReader reader) {

  static FieldTimes of(String name, PipelineSpec.EventTime form, Schema schema) {
    FieldPath field = FieldPath.of(name, schema);
    return new FieldTimes(field, new EventTimeReader(field, form.formatOrNull(), form.zone()));
  }

  /** {@link Observation#NO_TIME} if there is none that can be read. */
  long read(GenericRecord record) {
    try {
      Object value = field.read(record);
      return value == null ? Observation.NO_TIME : reader.read(value);
    } catch (UnfitEventException e) {
      return Observation.NO_TIME;
    }
  }
}

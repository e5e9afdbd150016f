/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.flink.wire.AvroFormat;
import io.meander.flink.wire.WireType;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** The type of a record that Avro generated, for the edges between operators. */
public final class AvroType {

  private AvroType() {}

  public static <T extends SpecificRecordBase> TypeInformation<T> of(Class<T> type) {
    return new WireType<>(new AvroFormat<>(type));
  }
}

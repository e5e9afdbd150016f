/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.flink.RawRecord;
import io.meander.flink.learning.ControlMessage;
import io.meander.flink.learning.TaskReport;
import io.meander.models.Arrival;
import io.meander.models.Step;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * The types that cross edges. Each is immutable by agreement: nobody changes what it was handed.
 */
public final class WireTypes {

  public static final TypeInformation<RawRecord> RAW_RECORD = new WireType<>(new RawRecordFormat());

  public static final TypeInformation<Arrival> ARRIVAL = new WireType<>(new ArrivalFormat());

  public static final TypeInformation<Step> STEP = new WireType<>(new StepFormat());

  public static final TypeInformation<ControlMessage> CONTROL =
      new WireType<>(new ControlMessageFormat());

  public static final TypeInformation<TaskReport> REPORT = new WireType<>(new TaskReportFormat());

  private WireTypes() {}
}

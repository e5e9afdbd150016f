/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.features.FeatureLayout;
import io.meander.flink.RawRecord;
import io.meander.models.Arrival;
import io.meander.spec.PipelineSpec;

/** Reads events as a job does whose features were others before. */
public final class TestReader {

  private final ArrivalReader reader;

  public TestReader(PipelineSpec spec, FeatureLayout layout) {
    reader = new ArrivalReader(spec, spec.features(layout));
  }

  public Arrival read(RawRecord record) throws Exception {
    return reader.read(record);
  }
}

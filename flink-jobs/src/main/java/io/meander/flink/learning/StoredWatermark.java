/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Where the watermark was at the checkpoint: it comes back only with the next record. Of the tasks'
 * the earliest, so that any number of tasks goes on from it.
 */
final class StoredWatermark {

  private final ListState<Long> stored;
  private final long restored;

  StoredWatermark(OperatorStateStore store) throws Exception {
    stored = store.getUnionListState(new ListStateDescriptor<>("watermark", Types.LONG));
    long earliest = Long.MIN_VALUE;
    for (long watermark : stored.get()) {
      earliest = earliest == Long.MIN_VALUE ? watermark : Math.min(earliest, watermark);
    }
    restored = earliest;
  }

  /** The current watermark, or the restored one while that is later. */
  long orLater(long current) {
    return Math.max(restored, current);
  }

  void store(long current) throws Exception {
    stored.update(List.of(orLater(current)));
  }
}

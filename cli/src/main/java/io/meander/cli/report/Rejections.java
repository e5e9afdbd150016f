/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.avro.Reject;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How many records were rejected, and why, with the first one of each reason. */
final class Rejections {

  private final Map<String, RunReport.Rejected> byReason = new LinkedHashMap<>();

  void add(Reject reject) {
    byReason.merge(
        reject.getReason(),
        new RunReport.Rejected(reject.getReason(), 1, place(reject), reject.getDetail()),
        (was, more) ->
            new RunReport.Rejected(
                was.reason(), was.count() + 1, was.firstPlace(), was.firstDetail()));
  }

  /** The most frequent reason first. */
  List<RunReport.Rejected> all() {
    return byReason.values().stream()
        .sorted(Comparator.comparingLong(RunReport.Rejected::count).reversed())
        .toList();
  }

  private static String place(Reject reject) {
    return reject.getSequence() == null
        ? "%s-%d-%d".formatted(reject.getTopic(), reject.getPartition(), reject.getOffset())
        : "%s, row %d".formatted(reject.getTopic(), reject.getOffset() + 1);
  }
}

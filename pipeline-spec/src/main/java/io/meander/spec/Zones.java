/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.features.NearestName;
import java.time.ZoneId;

/** Time zones' names in errors. */
final class Zones {

  private Zones() {}

  static String unknown(String zone) {
    return "there is no time zone '"
        + zone
        + "'"
        + NearestName.suggestion(zone, ZoneId.getAvailableZoneIds())
        + " (such as UTC or America/New_York)";
  }
}

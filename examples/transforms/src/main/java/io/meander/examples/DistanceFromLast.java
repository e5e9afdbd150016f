/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.examples;

import io.meander.features.transform.TransformEvent;
import io.meander.features.transform.TransformInput;
import io.meander.features.transform.TransformOption;
import io.meander.features.transform.TransformOptions;
import io.meander.features.transform.TransformOutput;
import io.meander.features.transform.UserFeature;
import io.meander.features.transform.UserTransform;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * How far an event is from the key's last one, and how fast that would have been: a card that pays
 * in two cities within minutes.
 */
public final class DistanceFromLast implements UserTransform {

  private static final String UNIT = "unit";
  private static final double KM_PER_MILE = 1.609344;

  @Override
  public String name() {
    return "distance-from-last";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<TransformOption> options() {
    return List.of(TransformOption.oneOf(UNIT, "km", List.of("km", "miles")));
  }

  @Override
  public UserFeature feature(TransformOptions with) {
    return new Feature(with.text(UNIT).equals("km") ? 1 : KM_PER_MILE);
  }

  private record Feature(double kmPerUnit) implements UserFeature {

    private static final int LATITUDE = 0;
    private static final int LONGITUDE = 1;
    private static final int AT = 2;
    private static final double EARTH_KM = 6371.0088;
    private static final double MILLIS_PER_HOUR = 3_600_000;

    @Override
    public List<TransformInput> inputs() {
      return List.of(
          TransformInput.number("latitude"),
          TransformInput.number("longitude"),
          TransformInput.time("at"));
    }

    @Override
    public List<TransformOutput> outputs() {
      return List.of(TransformOutput.number("distance"), TransformOutput.number("per_hour"));
    }

    /** The last place, two doubles, and when that was. */
    @Override
    public int maxStateBytes() {
      return 2 * Double.BYTES + Long.BYTES;
    }

    @Override
    public void apply(TransformEvent event, double[] values) {
      if (event.isMissing(LATITUDE) || event.isMissing(LONGITUDE) || event.isMissing(AT)) {
        return; // both stay missing, and the last place is what it was
      }
      double latitude = within("latitude", event.number(LATITUDE), 90);
      double longitude = within("longitude", event.number(LONGITUDE), 180);
      long at = (long) event.number(AT);
      ByteBuffer last = ByteBuffer.wrap(event.state());
      if (last.hasRemaining()) {
        double km = km(last.getDouble(), last.getDouble(), latitude, longitude);
        double hours = (at - last.getLong()) / MILLIS_PER_HOUR;
        values[0] = km / kmPerUnit;
        values[1] = hours > 0 ? values[0] / hours : Double.NaN;
      }
      event.remember(
          ByteBuffer.allocate(maxStateBytes())
              .putDouble(latitude)
              .putDouble(longitude)
              .putLong(at)
              .array());
    }

    /** What throws here makes a reject of the event. */
    private static double within(String what, double degrees, double most) {
      if (Math.abs(degrees) > most) {
        throw new IllegalArgumentException(
            what + " is " + degrees + ", not from " + -most + " to " + most);
      }
      return degrees;
    }

    /** By the haversine formula; StrictMath, since all machines are to give the same bits. */
    private static double km(double lat1, double lon1, double lat2, double lon2) {
      double up = StrictMath.sin(StrictMath.toRadians(lat2 - lat1) / 2);
      double along = StrictMath.sin(StrictMath.toRadians(lon2 - lon1) / 2);
      double cosines =
          StrictMath.cos(StrictMath.toRadians(lat1)) * StrictMath.cos(StrictMath.toRadians(lat2));
      double half = StrictMath.sqrt(up * up + along * along * cosines);
      return 2 * EARTH_KM * StrictMath.asin(Math.min(1, half));
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.meander.features.transform.TransformEvent;
import io.meander.features.transform.TransformOptions;
import io.meander.features.transform.UserFeature;
import io.meander.features.transform.UserTransform;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class DistanceFromLastTest {

  private static final double NONE = Double.NaN;
  private static final double HOUR = 3_600_000;

  /** A degree of a great circle of the radius that the transform takes. */
  private static final double DEGREE_KM = Math.PI * 6371.0088 / 180;

  private final DistanceFromLast transform = new DistanceFromLast();

  @Test
  void isFoundByItsName() {
    assertThat(ServiceLoader.load(UserTransform.class))
        .anySatisfy(found -> assertThat(found.name()).isEqualTo("distance-from-last"));
  }

  @Test
  void tellsDistanceAndSpeedFromTheKeysLastEvent() {
    UserFeature feature = feature(Map.of());
    double[] values = {NONE, NONE};
    TransformEvent first = event(0, 0, 0, new byte[0]);
    feature.apply(first, values);
    assertThat(values).containsExactly(NONE, NONE);

    TransformEvent second = event(0, 1, HOUR / 2, first.state());
    feature.apply(second, values);
    assertThat(values[0]).isEqualTo(DEGREE_KM, within(1e-9));
    assertThat(values[1]).isEqualTo(2 * DEGREE_KM, within(1e-9));

    feature.apply(event(90, 77, HOUR / 2, second.state()), values);
    assertThat(values[0]).isEqualTo(90 * DEGREE_KM, within(1e-6));
    assertThat(values[1]).as("no time has passed").isNaN();
  }

  @Test
  void countsInMilesWhereTheSpecSaysSo() {
    UserFeature feature = feature(Map.of("unit", "miles"));
    TransformEvent first = event(10, 10, 0, new byte[0]);
    double[] values = {NONE, NONE};
    feature.apply(first, values);
    feature.apply(event(11, 10, HOUR, first.state()), values);

    assertThat(values[0]).isEqualTo(DEGREE_KM / 1.609344, within(1e-9));
  }

  @Test
  void anEventWithoutAPlaceIsMissingAndForgetsNothing() {
    UserFeature feature = feature(Map.of());
    TransformEvent first = event(10, 10, 0, new byte[0]);
    feature.apply(first, new double[2]);
    TransformEvent nowhere = event(NONE, 10, HOUR, first.state());
    double[] values = {NONE, NONE};
    feature.apply(nowhere, values);

    assertThat(values).containsExactly(NONE, NONE);
    assertThat(nowhere.state()).isEqualTo(first.state()).hasSize(feature.maxStateBytes());
  }

  @Test
  void refusesWhatIsNoPlaceOnEarth() {
    assertThatThrownBy(() -> feature(Map.of()).apply(event(91, 0, 0, new byte[0]), new double[2]))
        .hasMessage("latitude is 91.0, not from -90.0 to 90.0");
    assertThatThrownBy(() -> feature(Map.of("unit", "mile")))
        .hasMessage("found 'mile'; allowed: one of km, miles; did you mean 'miles'?");
  }

  private UserFeature feature(Map<String, ?> with) {
    return transform.feature(TransformOptions.of(transform.options(), with));
  }

  private static TransformEvent event(double latitude, double longitude, double at, byte[] state) {
    return new TransformEvent(new double[] {latitude, longitude, at}, new String[3], state);
  }
}

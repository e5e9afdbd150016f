/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.transform.TransformEvent;
import io.meander.features.transform.TransformInput;
import io.meander.features.transform.TransformOption;
import io.meander.features.transform.TransformOptions;
import io.meander.features.transform.TransformOutput;
import io.meander.features.transform.UserFeature;
import io.meander.features.transform.UserTransform;
import java.util.List;

/** Does what a transform should not, as its option says. */
public final class OddTransform implements UserTransform {

  @Override
  public String name() {
    return "odd";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<TransformOption> options() {
    return List.of(
        TransformOption.oneOf(
            "does",
            "give-infinity",
            List.of("give-infinity", "give-other-value", "remember-much", "overflow", "no-column")),
        TransformOption.whole("most", 4L, 0, 100));
  }

  @Override
  public UserFeature feature(TransformOptions with) {
    String does = with.text("does");
    int most = (int) with.whole("most");
    return new UserFeature() {
      @Override
      public List<TransformInput> inputs() {
        return List.of(
            TransformInput.number("number"),
            TransformInput.bool("truth"),
            TransformInput.time("time"));
      }

      @Override
      public List<TransformOutput> outputs() {
        return does.equals("no-column")
            ? List.of()
            : List.of(
                TransformOutput.number("sum"), TransformOutput.nominal("of", List.of("a", "b")));
      }

      @Override
      public int maxStateBytes() {
        return most;
      }

      @Override
      public void apply(TransformEvent event, double[] values) {
        values[0] = event.number(0) + event.number(1) + event.number(2);
        switch (does) {
          case "give-infinity" -> values[0] = Double.NEGATIVE_INFINITY;
          case "give-other-value" -> values[1] = 2;
          case "remember-much" -> event.remember(new byte[most + 1]);
          default -> apply(event, values);
        }
      }
    };
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

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
 * How many of the key's earlier events had a number from {@code from} on, whether that is odd, and
 * whether the event's text is the last one's. A number below 0 fails.
 */
abstract class CountingTransform implements UserTransform {

  /** Version 1 counts in ones, version 2 in tens. */
  public static final class First extends CountingTransform {
    public First() {
      super(1);
    }
  }

  /** See {@link First}. */
  public static final class Second extends CountingTransform {
    public Second() {
      super(2);
    }
  }

  private final int version;

  private CountingTransform(int version) {
    this.version = version;
  }

  @Override
  public String name() {
    return "counting";
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public List<TransformOption> options() {
    return List.of(TransformOption.number("from", 0.0, 0, 1e6));
  }

  @Override
  public UserFeature feature(TransformOptions with) {
    double from = with.number("from");
    return new UserFeature() {
      @Override
      public List<TransformInput> inputs() {
        return List.of(TransformInput.number("number"), TransformInput.text("text"));
      }

      @Override
      public List<TransformOutput> outputs() {
        return List.of(
            TransformOutput.number(""),
            TransformOutput.nominal("parity", List.of("even", "odd")),
            TransformOutput.nominal("again", List.of("no", "yes")));
      }

      @Override
      public int maxStateBytes() {
        return 2 * Integer.BYTES;
      }

      @Override
      public void apply(TransformEvent event, double[] values) {
        ByteBuffer state = ByteBuffer.wrap(event.state());
        int count = state.hasRemaining() ? state.getInt() : 0;
        int last = state.hasRemaining() ? state.getInt() : 0;
        values[0] = version == 1 ? count : 10 * count;
        values[1] = count % 2;
        String text = event.text(1);
        values[2] = text == null ? Double.NaN : text.hashCode() == last ? 1 : 0;
        int next = event.number(0) >= from ? count + 1 : count;
        event.remember(
            ByteBuffer.allocate(8)
                .putInt(next)
                .putInt(text == null ? last : text.hashCode())
                .array());
        if (event.number(0) < 0) { // after it remembered, which must not count
          throw new IllegalStateException("a number of " + event.number(0));
        }
      }
    };
  }
}

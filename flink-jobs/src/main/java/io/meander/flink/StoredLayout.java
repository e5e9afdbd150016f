/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink;

import io.meander.features.FeatureLayout;
import io.meander.features.FeatureSpecException;
import io.meander.features.LayoutFeatures;
import io.meander.flink.wire.LayoutFormat;
import io.meander.spec.PipelineSpec;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * The feature schemas of a job and of those that it goes on from. Every operator that makes or
 * takes feature vectors keeps them, and all come to the same: what they read followed by the
 * spec's. Union list state {@code layout}, which one task writes; name and type are wire format.
 */
public final class StoredLayout {

  public static final String LAYOUT = "layout";

  private final ListState<byte[]> stored;
  private final LayoutFeatures features;

  /**
   * @throws SuppressRestartsException if earlier features cannot be worked out any more
   */
  public StoredLayout(PipelineSpec spec, OperatorStateStore store) throws Exception {
    stored =
        store.getUnionListState(
            new ListStateDescriptor<>(
                LAYOUT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    FeatureLayout layout = spec.layout();
    for (byte[] bytes : stored.get()) {
      layout = LayoutFormat.read(bytes).followedBy(spec.layout().newest());
    }
    features = compiled(spec, layout);
  }

  private static LayoutFeatures compiled(PipelineSpec spec, FeatureLayout layout)
      throws SuppressRestartsException {
    try {
      return spec.features(layout);
    } catch (FeatureSpecException | IllegalArgumentException e) {
      throw RefusedStateException.refused(
          "its models learn from features that cannot be worked out from such events: "
              + e.getMessage(),
          e);
    }
  }

  public FeatureLayout layout() {
    return features.layout();
  }

  /** Compiled against the spec's events. */
  public LayoutFeatures features() {
    return features;
  }

  /**
   * @param index of this task: the first one stores for all
   */
  public void store(int index) throws Exception {
    stored.update(index == 0 ? List.of(LayoutFormat.write(layout())) : List.of());
  }
}

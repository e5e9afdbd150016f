/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import io.meander.flink.PipelineMetrics;
import io.meander.flink.wire.WireTypes;
import io.meander.models.Arrival;
import io.meander.models.LabelArrival;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.ListTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Gives labels that lack it the model key of the event with their id ({@code resolve: by-id}).
 * Remembers the keys of events for two waits; a label that comes before its event is kept as long,
 * and leaves, marked as early, right before it.
 *
 * <p>In a live job it stands beside the events, keyed by event id, and only labels leave: going
 * through here would cost events their order. In a bounded run, where one task reads everything, it
 * is one task under one key that events pass through, so that there is one order; it forgets
 * nothing before the end.
 */
public final class KeyResolver extends KeyedProcessFunction<String, Arrival, Arrival> {

  private static final long serialVersionUID = 1L;

  /** The key of all arrivals of a bounded run. */
  public static final String ONE_KEY = "";

  private static final long END = Long.MAX_VALUE - 1;

  private final String pipeline;
  private final boolean bounded;
  private final boolean byEventTime;
  private final long keepMillis;

  private transient MapState<String, String> keys;
  private transient MapState<String, List<Arrival>> early;
  private transient Counter unmatched;

  public KeyResolver(PipelineSpec spec, boolean bounded) {
    this.pipeline = spec.name();
    this.bounded = bounded;
    this.byEventTime = spec.events().time().isPresent();
    Duration wait = spec.label().waits().waitOrNull();
    this.keepMillis = 2 * wait.toMillis();
  }

  @Override
  public void open(OpenContext context) {
    keys =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("keys", Types.STRING, Types.STRING));
    early =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>(
                    "early", Types.STRING, new ListTypeInfo<>(WireTypes.ARRIVAL)));
    unmatched =
        PipelineMetrics.of(getRuntimeContext().getMetricGroup(), pipeline)
            .counter("unmatchedLabels");
  }

  @Override
  public void processElement(Arrival arrival, Context context, Collector<Arrival> out)
      throws Exception {
    forgetLater(arrival, context);
    String id = arrival.eventId();
    if (arrival instanceof Observation event) {
      keys.put(id, event.key());
      List<Arrival> kept = early.get(id);
      if (kept != null) {
        early.remove(id);
        for (Arrival label : kept) {
          out.collect(((LabelArrival) label).earlyWithKey(event.key()));
        }
      }
      if (bounded) {
        out.collect(event);
      }
      return;
    }
    String key = keys.get(id);
    if (key != null) {
      out.collect(((LabelArrival) arrival).withKey(key));
      return;
    }
    List<Arrival> kept = early.get(id);
    kept = kept == null ? new ArrayList<>() : new ArrayList<>(kept);
    kept.add(arrival);
    early.put(id, kept);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Arrival> out)
      throws Exception {
    if (!bounded && byEventTime && context.timerService().currentWatermark() == Long.MAX_VALUE) {
      return;
    }
    for (List<Arrival> labels : early.values()) {
      for (Arrival label : labels) {
        unmatched.inc();
        if (bounded) {
          // It takes its place in the order, and meets nothing.
          out.collect(
              new LabelArrival(
                  label.sequence(),
                  label.eventId(),
                  ONE_KEY,
                  label.time(),
                  Observation.NO_LABEL,
                  false));
        }
      }
    }
    keys.clear();
    early.clear();
  }

  private void forgetLater(Arrival arrival, Context context) {
    if (bounded) {
      context.timerService().registerEventTimeTimer(END);
    } else if (byEventTime) {
      long from = Math.max(arrival.time(), context.timerService().currentWatermark());
      context.timerService().registerEventTimeTimer(from + keepMillis);
    } else {
      long now = context.timerService().currentProcessingTime();
      context.timerService().registerProcessingTimeTimer(now + keepMillis);
    }
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.ImageRule;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** What {@link KeyedModels} count of live sets, loads, images and logs. Its thread alone counts. */
final class CacheMetrics {

  private static final int HISTOGRAM = 1000;

  final Counter hits;
  final Counter misses;
  final Counter evictions;
  final Counter logBytes;
  final Counter corrupt;
  final Counter otherPlatform;
  final Histogram imageMicros = new DescriptiveStatisticsHistogram(HISTOGRAM);
  final Histogram imageFacts = new DescriptiveStatisticsHistogram(HISTOGRAM);
  final Histogram logFacts = new DescriptiveStatisticsHistogram(HISTOGRAM);

  /** What images took, and what labels are thought to have taken. */
  double imageNanos;

  double learnedNanos;

  private final Counter loads;
  private final Counter images;
  private final Map<ImageRule.Reason, Counter> imagesBy = new EnumMap<>(ImageRule.Reason.class);
  private final Counter imageBytes;
  private final Histogram loadMicros = new DescriptiveStatisticsHistogram(HISTOGRAM);
  private final Histogram replayedFacts = new DescriptiveStatisticsHistogram(HISTOGRAM);

  CacheMetrics(MetricGroup metrics, LiveModels live) {
    hits = metrics.counter("hits");
    misses = metrics.counter("misses");
    loads = metrics.counter("loads");
    evictions = metrics.counter("evictions");
    images = metrics.counter("images");
    imagesBy.put(ImageRule.Reason.REPLAY, metrics.counter("imagesByReplay"));
    imagesBy.put(ImageRule.Reason.LOAD_BOUND, metrics.counter("imagesByLoadBound"));
    imagesBy.put(ImageRule.Reason.LOADS, metrics.counter("imagesByLoads"));
    imagesBy.put(ImageRule.Reason.LOG_BYTES, metrics.counter("imagesByLogBytes"));
    imagesBy.put(ImageRule.Reason.COPY, metrics.counter("imagesByCopy"));
    imagesBy.put(ImageRule.Reason.FOLLOWERS, metrics.counter("imagesForFollowers"));
    imagesBy.put(ImageRule.Reason.COMMAND, metrics.counter("imagesByCommand"));
    imageBytes = metrics.counter("imageBytes");
    logBytes = metrics.counter("logBytes");
    corrupt = metrics.counter("corruptModels");
    otherPlatform = metrics.counter("imagesOfOtherPlatform");
    metrics.histogram("loadMicros", loadMicros);
    metrics.histogram("imageMicros", imageMicros);
    metrics.histogram("replayedFacts", replayedFacts);
    metrics.histogram("factsPerImage", imageFacts);
    metrics.histogram("logFacts", logFacts);
    metrics.gauge(
        "imageTimePercent", () -> learnedNanos == 0 ? 0.0 : 100 * imageNanos / learnedNanos);
    metrics.gauge("liveModelSets", live::size);
    metrics.gauge("liveBytes", live::bytes);
    metrics.gauge("unreconciledKeys", live::unreconciled);
  }

  /** A set was brought back from what is stored of it. */
  void loaded(long nanos, long facts) {
    loads.inc();
    loadMicros.update(nanos / 1000);
    replayedFacts.update(facts);
  }

  void image(ImageRule.Reason reason, int bytes) {
    images.inc();
    imagesBy.get(reason).inc();
    imageBytes.inc(bytes);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import io.meander.models.FreezeSpec;
import io.meander.spec.PipelineSpec.Recovery;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** Reads what is done with slots over time: watched, frozen, published, scored. */
final class PoliciesReader {

  private static final long EVERY_INSTANCES = 1000;
  private static final Duration MAX_LOAD = Duration.ofMillis(100);
  private static final Duration EVERY_TIME = Duration.ofSeconds(30);
  private static final Duration IMAGES = Duration.ofHours(1);
  private static final int WINDOW = 1000;
  private static final String NEVER = "never";
  private static final Duration SHORTEST_EXPIRY = Duration.ofSeconds(1);

  private final SpecNode root;

  PoliciesReader(SpecNode root) {
    this.root = root;
  }

  /**
   * @param timed whether events have a time: with Kafka always, in a file only by {@code
   *     events.time}
   * @return null for never
   */
  FreezeSpec frozen(boolean timed) {
    SpecNode at = root.at("frozen").at("at");
    SpecNode after = root.at("frozen").at("after");
    if (after.json().isObject()) {
      SpecNode instances = after.at("instances");
      return instances.isPresent() ? new FreezeSpec.AfterInstances(instances.number(1)) : null;
    }
    SpecNode node = at.text().isPresent() ? at : after;
    if (node.text().isPresent() && !timed) {
      node.error(
          "the file's rows have no time: name its field in events.time, or use"
              + " {after: {instances: N}}");
    }
    if (at.text().isPresent()) {
      Instant instant = instant(at, at.text().get());
      return instant == null ? null : new FreezeSpec.At(instant);
    }
    return after.text().isPresent() ? new FreezeSpec.AfterTime(after.duration(null)) : null;
  }

  private static Instant instant(SpecNode node, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      node.error(
          "found '"
              + text
              + "'; allowed: an instant with its offset, such as 2001-02-01T00:00:00Z or"
              + " 2001-02-01T00:00:00+01:00");
      return null;
    }
  }

  /**
   * @param name of the pipeline
   */
  PipelineSpec.Snapshots snapshots(String name) {
    SpecNode snapshots = root.at("snapshots");
    return new PipelineSpec.Snapshots(
        snapshots.at("every").at("instances").number(EVERY_INSTANCES),
        snapshots.at("every").at("time").duration(EVERY_TIME),
        snapshots.at("on-drift").flag(true),
        (int) snapshots.at("max-per-second").number(PipelineSpec.Snapshots.DEFAULT_MAX_PER_SECOND),
        payloads(snapshots.at("payloads")),
        bytes(snapshots.at("max-inline")),
        updates(snapshots, name));
  }

  private static PipelineSpec.Updates updates(SpecNode snapshots, String name) {
    SpecNode images = snapshots.at("images");
    if (!snapshots.at("deltas").flag(false)) {
      if (images.isPresent()) {
        images.error("is for deltas: true, which sends the updates between images; leave it out");
      }
      return null;
    }
    return new PipelineSpec.Updates(TopicsReader.updates(name), images.duration(IMAGES));
  }

  private static URI payloads(SpecNode node) {
    if (node.text().isEmpty()) {
      return null;
    }
    try {
      URI uri = URI.create(node.text().get());
      if (uri.getScheme() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    node.error(
        "found '"
            + node.text().get()
            + "'; allowed: the URI of a folder, such as s3://bucket/models or file:///var/models");
    return null;
  }

  private static long bytes(SpecNode node) {
    if (node.text().isEmpty()) {
      return PipelineSpec.Snapshots.DEFAULT_MAX_INLINE_BYTES;
    }
    try {
      return Bytes.parse(node.text().get());
    } catch (IllegalArgumentException e) {
      node.error(e.getMessage());
      return PipelineSpec.Snapshots.DEFAULT_MAX_INLINE_BYTES;
    }
  }

  PipelineSpec.Recovery recovery() {
    SpecNode recovery = root.at("recovery");
    boolean restart = recovery.at("on-corrupt-model").text().orElse("").equals("restart-model");
    return new PipelineSpec.Recovery(
        recovery.at("max-load").duration(MAX_LOAD),
        restart ? PipelineSpec.OnCorruptModel.RESTART_MODEL : PipelineSpec.OnCorruptModel.FAIL,
        recovery
            .at("history")
            .text()
            .map(PoliciesReader::history)
            .orElse(Recovery.DEFAULT_HISTORY));
  }

  private static long history(String text) {
    return text.equals("none") ? 0 : Bytes.parse(text);
  }

  /**
   * @param timed as for {@link #frozen}
   * @return null for never
   */
  Duration expireAfter(boolean timed) {
    SpecNode node = root.at("expire-after");
    if (node.text().orElse(NEVER).equals(NEVER)) {
      return null;
    }
    if (!timed) {
      node.error("the file's rows have no time: name its field in events.time, or leave this out");
    }
    Duration after = node.duration(null);
    if (after != null && after.compareTo(SHORTEST_EXPIRY) < 0) {
      node.error(
          "found '"
              + node.text().get()
              + "'; allowed: never, or a duration of 1s and more, such as 30d");
    }
    return after;
  }

  PipelineSpec.Evaluation evaluation(EventFields fields) {
    SpecNode evaluation = root.at("evaluation");
    List<List<String>> slices = new ArrayList<>();
    for (SpecNode slice : evaluation.at("slices").items()) {
      slices.add(fields.singles(slice));
    }
    return new PipelineSpec.Evaluation(
        (int) evaluation.at("window").number(WINDOW),
        evaluation.at("fading").decimal(PipelineSpec.Evaluation.DEFAULT_FADING),
        slices,
        evaluation.at("every").text().orElse("").equals(NEVER)
            ? null
            : evaluation.at("every").duration(PipelineSpec.Evaluation.DEFAULT_EVERY),
        (int)
            evaluation.at("max-per-second").number(PipelineSpec.Evaluation.DEFAULT_MAX_PER_SECOND),
        (int) evaluation.at("max-slices").number(PipelineSpec.Evaluation.DEFAULT_MAX_SLICES));
  }

  PipelineSpec.Predictions predictions() {
    SpecNode predictions = root.at("predictions");
    boolean exactly = predictions.at("delivery").text().orElse("").equals("exactly-once");
    return new PipelineSpec.Predictions(
        exactly ? PipelineSpec.Delivery.EXACTLY_ONCE : PipelineSpec.Delivery.AT_LEAST_ONCE,
        predictions.at("features").flag(false));
  }
}

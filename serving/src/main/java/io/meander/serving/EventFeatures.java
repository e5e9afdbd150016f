/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import com.fasterxml.jackson.databind.JsonNode;
import io.meander.features.EventTimeReader;
import io.meander.features.FailedTransformException;
import io.meander.features.FeatureInputs;
import io.meander.features.FeatureStateException;
import io.meander.features.FeatureTransform;
import io.meander.features.FieldPath;
import io.meander.features.KeyFeatures;
import io.meander.features.KeyedFeatures;
import io.meander.features.ModelKey;
import io.meander.features.UnfitEventException;
import io.meander.spec.PipelineSpec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * From a request to a model key and a feature vector, by the code that the job runs. A request
 * carries an event, or the features themselves, or both: given features stand in the place of those
 * worked out. Where features remember a key's past, what was published with the model is used,
 * unchanged. Immutable and thread-safe.
 */
public final class EventFeatures {

  private final JsonEvents events;
  private final FeatureTransform transform;
  private final KeyedFeatures keyed;
  private final FieldPath timeFieldOrNull;
  private final EventTimeReader timeOrNull;
  private final FieldPath[] key;
  private final Set<Schema.Field> required = new LinkedHashSet<>();
  private final GivenFeatures given;

  public EventFeatures(PipelineSpec spec) {
    Schema schema = spec.events().schema();
    this.events = new JsonEvents(schema);
    this.transform = spec.featureTransform();
    this.keyed = spec.keyedFeatures();
    PipelineSpec.EventTime time = keyed.isTimed() ? spec.events().timeOrNull() : null;
    this.timeFieldOrNull = time == null ? null : FieldPath.of(time.field(), schema);
    this.timeOrNull =
        time == null
            ? null
            : new EventTimeReader(timeFieldOrNull, time.formatOrNull(), time.zone());
    this.key =
        spec.events().key().stream()
            .map(field -> FieldPath.of(field, schema))
            .toArray(FieldPath[]::new);
    spec.features().stream()
        .filter(
            feature ->
                feature.rememberedOrNull() == null
                    || feature.rememberedOrNull().form().comparesOwn())
        .flatMap(feature -> feature.fields().stream())
        .forEach(field -> require(schema.getField(FieldPath.topLevel(field))));
    this.given = new GivenFeatures(transform.schema());
  }

  /** A field that the features read must be in an event unless the schema lets it be null. */
  private void require(Schema.Field field) {
    if (!field.schema().isNullable()) {
      required.add(field);
    }
  }

  /**
   * A request whose key is known. For one thread.
   *
   * @see FollowedModels.Features
   */
  public final class Request implements FollowedModels.Features {
    private final String key;
    private final double[] vector;
    private final FeatureInputs inputsOrNull;
    private final long time;
    private Instant asOf;

    private Request(String key, double[] vector, FeatureInputs inputsOrNull, long time) {
      this.key = key;
      this.vector = vector;
      this.inputsOrNull = inputsOrNull;
      this.time = time;
    }

    public String key() {
      return key;
    }

    /** When the feature state was published that filled something in; null if none did. */
    public Instant featuresAsOf() {
      return asOf;
    }

    @Override
    public double[] under(PublishedFeatures published) throws FeatureException {
      ByteBuffer state = published.stateOrNull();
      if (!keyed.remember() || state == null) {
        return vector;
      }
      byte[] bytes = new byte[state.remaining()];
      state.duplicate().get(bytes);
      try {
        KeyFeatures past = keyed.read(bytes);
        double[] filled = past.filled(vector, inputsOrNull, time);
        Instant at = published.atOrNull();
        if (filled != vector && at != null && (asOf == null || at.isBefore(asOf))) {
          asOf = at;
        }
        return filled;
      } catch (FeatureStateException e) {
        throw new FeatureException(
            "the feature state that was published with the model " + e.getMessage(), e);
      } catch (FailedTransformException e) {
        throw new FeatureException("event: " + e.getMessage(), e);
      }
    }
  }

  private FeatureInputs inputs(GenericRecord event) throws FeatureException {
    try {
      return keyed.eventInputs(event);
    } catch (UnfitEventException e) {
      throw new FeatureException(e.getMessage());
    }
  }

  /**
   * @param eventOrNull a JSON object with the event's fields
   * @param givenOrNull a JSON object with features by their columns' names, null for missing
   * @param keyOrNull the model key's text; needed where there is no event that tells it
   * @throws FeatureException saying what is missing or wrong
   */
  public Request request(JsonNode eventOrNull, JsonNode givenOrNull, String keyOrNull)
      throws FeatureException {
    boolean hasEvent = eventOrNull != null && !eventOrNull.isNull();
    boolean hasFeatures = givenOrNull != null && !givenOrNull.isNull();
    double[] vector;
    String modelKey = keyOrNull;
    FeatureInputs inputs = null;
    long time = 0;
    if (hasEvent) {
      GenericRecord event = events.read(eventOrNull);
      inputs = inputs(event);
      time = time(event);
      modelKey = modelKey == null ? key(event) : modelKey;
      vector = vector(event, hasFeatures);
      if (hasFeatures) {
        given.put(givenOrNull, vector);
      }
    } else if (hasFeatures) {
      vector = given.vector(givenOrNull);
    } else {
      throw new FeatureException("an event or its features are needed");
    }
    if (modelKey == null && key.length == 0) {
      modelKey = ModelKey.WHOLE_STREAM;
    }
    if (modelKey == null) {
      throw new FeatureException("without an event, key is needed: the model key's text");
    }
    return new Request(modelKey, vector, inputs, time);
  }

  /** Of the event, where features go by it. */
  private long time(GenericRecord event) throws FeatureException {
    if (timeOrNull == null) {
      return 0;
    }
    Object value = timeFieldOrNull.read(event);
    if (value == null) {
      throw new FeatureException(
          "event.%s: is missing, and features go by the event's time".formatted(timeFieldOrNull));
    }
    try {
      return timeOrNull.read(value);
    } catch (UnfitEventException e) {
      throw new FeatureException("event: " + e.getMessage(), e);
    }
  }

  private String key(GenericRecord event) throws FeatureException {
    if (key.length == 0) {
      return ModelKey.WHOLE_STREAM;
    }
    String[] parts = new String[key.length];
    for (int i = 0; i < parts.length; i++) {
      try {
        parts[i] = key[i].text(event);
      } catch (UnfitEventException e) {
        throw new FeatureException("event: key " + e.getMessage(), e);
      }
      if (parts[i] == null) {
        throw new FeatureException("event." + key[i] + ": is missing, and is part of the key");
      }
    }
    return ModelKey.join(parts);
  }

  private double[] vector(GenericRecord event, boolean hasFeatures) throws FeatureException {
    if (!hasFeatures) {
      for (Schema.Field field : required) {
        if (event.get(field.pos()) == null) {
          throw new FeatureException(
              "event.%s: is missing, and a feature is made of it; give it, or all features that are"
                      .formatted(field.name())
                  + " made of it under features");
        }
      }
    }
    try {
      return transform.apply(event);
    } catch (UnfitEventException e) {
      throw new FeatureException("event: " + e.getMessage(), e);
    }
  }
}

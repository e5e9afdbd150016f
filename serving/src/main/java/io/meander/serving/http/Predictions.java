/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.HttpStatus;
import io.meander.features.NearestName;
import io.meander.models.Decision;
import io.meander.models.Predictor;
import io.meander.models.Target;
import io.meander.serving.EventFeatures;
import io.meander.serving.FeatureException;
import io.meander.serving.FollowedModels;
import io.meander.serving.FollowedUpdates;
import io.meander.serving.SnapshotException;
import io.meander.serving.UnknownModelException;
import io.meander.spec.Durations;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What {@code POST /v1/predict} and {@code GET /v1/models} say, as JSON. Thread-safe. */
final class Predictions {

  private static final List<String> MEMBERS = List.of("event", "features", "key", "slot");
  private static final List<String> TOP = List.of("event", "features", "key", "slot", "requests");
  private static final double MILLIS = 1000;

  private final FollowedModels models;
  private final EventFeatures features;
  private final Target target;
  private final Decision decision;
  private final Duration maxStalenessOrNull;
  private final Clock clock;
  private final JsonMapper mapper = new JsonMapper();

  Predictions(
      FollowedModels models,
      EventFeatures features,
      Target target,
      Decision decision,
      Duration maxStalenessOrNull,
      Clock clock) {
    this.models = models;
    this.features = features;
    this.target = target;
    this.decision = decision;
    this.maxStalenessOrNull = maxStalenessOrNull;
    this.clock = clock;
  }

  /**
   * One request's answer; or, of several, an array in their order, in which those that cannot be
   * answered have a problem each.
   *
   * @throws Problem if nothing can be answered
   */
  byte[] answer(byte[] body) throws Problem {
    JsonNode json = parse(body);
    if (!json.isObject()) {
      throw new Problem(
          HttpStatus.BAD_REQUEST,
          "the body must be a JSON object with event, features or requests");
    }
    checkMembers("", json, TOP);
    JsonNode requests = json.get("requests");
    if (requests == null) {
      return bytes(predict(json));
    }
    if (!requests.isArray() || json.size() > 1) {
      throw new Problem(
          HttpStatus.BAD_REQUEST, "requests must be an array and stand alone in the body");
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    ArrayNode answers = result.putArray("answers");
    for (JsonNode request : requests) {
      answers.add(predictOrProblem(request, "requests[" + answers.size() + "]"));
    }
    return bytes(result);
  }

  private ObjectNode predictOrProblem(JsonNode request, String path) {
    try {
      if (!request.isObject()) {
        throw new Problem(HttpStatus.BAD_REQUEST, path + ": an object is needed");
      }
      checkMembers(path + ".", request, MEMBERS);
      return predict(request);
    } catch (Problem e) {
      return e.json();
    }
  }

  private ObjectNode predict(JsonNode request) throws Problem {
    String slot = text(request, "slot");
    try {
      EventFeatures.Request asked =
          features.request(request.get("event"), request.get("features"), text(request, "key"));
      FollowedModels.Answer answer =
          slot == null
              ? models.answer(asked.key(), asked)
              : models.answer(asked.key(), slot, asked);
      Duration age = Duration.between(answer.publishedAt(), clock.instant());
      if (maxStalenessOrNull != null && age.compareTo(maxStalenessOrNull) > 0) {
        throw new Problem(
            HttpStatus.SERVICE_UNAVAILABLE,
            "the model of slot '%s' of key '%s' was published at %s, which is older than %s allows"
                .formatted(
                    answer.slot(),
                    answer.key(),
                    answer.publishedAt(),
                    Durations.text(maxStalenessOrNull)));
      }
      Predictor.Vote vote = answer.vote();
      // As in the job: what is served is decided, a slot asked for by name has its first maximum.
      double predicted =
          slot == null ? decision.of(vote.votes(), vote.predicted()) : vote.predicted();
      return json(answer, predicted, age, asked.featuresAsOf());
    } catch (FeatureException e) {
      throw new Problem(HttpStatus.UNPROCESSABLE_CONTENT, e.getMessage(), List.of(), e);
    } catch (UnknownModelException e) {
      throw new Problem(HttpStatus.NOT_FOUND, e.getMessage(), e.nearest(), e);
    } catch (SnapshotException e) {
      throw new Problem(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage(), List.of(), e);
    }
  }

  private ObjectNode json(
      FollowedModels.Answer answer, double predicted, Duration age, Instant featuresAsOfOrNull) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("key", answer.key());
    json.put("predicted", target.text(predicted));
    ObjectNode votes = json.putObject("votes");
    target.named(answer.vote().votes()).forEach(votes::put);
    json.put("slot", answer.slot());
    json.put("incarnation", answer.incarnation());
    json.put("trained_instances", answer.trainedInstances());
    json.put("model_version", answer.version());
    putAge(json, answer.publishedAt(), age);
    json.put("features_as_of", featuresAsOfOrNull == null ? null : featuresAsOfOrNull.toString());
    return json;
  }

  /** Nothing is known of the age of a bounded run's models. */
  private static void putAge(ObjectNode json, Instant publishedAt, Duration age) {
    boolean known = publishedAt.isAfter(Instant.EPOCH);
    json.put("published_at", known ? publishedAt.toString() : null);
    json.put("age_seconds", known ? (Double) (age.toMillis() / MILLIS) : null);
  }

  /**
   * A page of the keys and their models.
   *
   * @param after the keys that come after this one; null for all
   */
  byte[] models(String after, int limit) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode keys = json.putArray("keys");
    String last = null;
    boolean more = false;
    for (String key : after == null ? models.keys() : models.keys().tailSet(after, false)) {
      if (keys.size() == limit) {
        more = true;
        break;
      }
      last = key;
      try {
        keys.add(describe(key));
      } catch (Problem e) {
        // it went since the keys were listed
      }
    }
    json.put("next", more ? last : null);
    models.updates().map(FollowedUpdates::figures).ifPresent(figures -> put(json, figures));
    return bytes(json);
  }

  /** How far the update log is followed. */
  private static void put(ObjectNode json, FollowedUpdates.Figures figures) {
    json.putObject("updates")
        .put("keys", figures.keys())
        .put("waiting_keys", figures.waitingKeys())
        .put("gaps", figures.gaps());
  }

  byte[] model(String key) throws Problem {
    return bytes(describe(key));
  }

  private ObjectNode describe(String key) throws Problem {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("key", key);
    ArrayNode slots = json.putArray("models");
    try {
      FollowedModels.Reach reach = models.reach(key);
      json.put("position", reach.position());
      json.put("by", reach.byUpdates() ? "updates" : "snapshots");
      json.put("gap", reach.gap());
      for (FollowedModels.Description model : models.describe(key)) {
        ObjectNode slot = slots.addObject();
        slot.put("slot", model.slot());
        slot.put("serves", model.serves());
        slot.put("incarnation", model.incarnation());
        slot.put("trained_instances", model.trainedInstances());
        slot.put("model_version", model.version());
        putAge(slot, model.publishedAt(), Duration.between(model.publishedAt(), clock.instant()));
      }
    } catch (UnknownModelException e) {
      throw new Problem(HttpStatus.NOT_FOUND, e.getMessage(), e.nearest(), e);
    }
    return json;
  }

  private static void checkMembers(String path, JsonNode json, List<String> known) throws Problem {
    for (var names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new Problem(
            HttpStatus.BAD_REQUEST,
            "%s%s: unknown member%s (there are %s); an event's fields go under event"
                .formatted(
                    path, name, NearestName.suggestion(name, known), String.join(", ", known)),
            NearestName.of(name, known),
            null);
      }
    }
  }

  private static String text(JsonNode request, String member) throws Problem {
    JsonNode value = request.get(member);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new Problem(HttpStatus.BAD_REQUEST, member + ": text is needed");
    }
    return value.textValue();
  }

  private JsonNode parse(byte[] body) throws Problem {
    try {
      JsonNode json = mapper.readTree(body);
      if (json == null || json.isMissingNode()) {
        throw new Problem(HttpStatus.BAD_REQUEST, "the body is empty; a JSON object is needed");
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new Problem(
          HttpStatus.BAD_REQUEST,
          "the body is not JSON: %s (line %d, column %d)"
              .formatted(
                  e.getOriginalMessage(),
                  e.getLocation().getLineNr(),
                  e.getLocation().getColumnNr()),
          List.of(),
          e);
    } catch (IOException e) {
      throw new Problem(HttpStatus.BAD_REQUEST, "the body is not JSON", List.of(), e);
    }
  }

  private byte[] bytes(JsonNode json) {
    try {
      return mapper.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("writing to memory", e);
    }
  }
}

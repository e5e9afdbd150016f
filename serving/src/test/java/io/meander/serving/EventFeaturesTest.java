/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.meander.features.FeatureInputs;
import io.meander.features.KeyFeatures;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFeaturesTest {

  private static final String SCHEMA =
      """
      {"type": "record", "name": "Flight", "fields": [
        {"name": "origin", "type": "string"},
        {"name": "gate", "type": ["null", "int"]},
        {"name": "departs", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "miles", "type": "double"},
        {"name": "wind", "type": ["null", "float"]},
        {"name": "sky", "type": {"type": "enum", "name": "Sky", "symbols": ["CLEAR", "CLOUDS"]}},
        {"name": "late", "type": "boolean"}
      ]}
      """;

  private static final String SPEC =
      """
      name: p
      task: classification
      events:
        topic: flights
        schema: flight.avsc
        key: [origin, gate]
        time: {field: departs}
      label: {field: late, classes: ["false", "true"]}
      features:
        - miles
        - wind
        - sky
        - {name: hour, cyclic: departs, period: 1d, zone: UTC}
      slots:
        - {id: nb, learner: bayes.NaiveBayes}
      """;

  private static final String EVENT =
      """
      {"origin": "ATL", "gate": 7, "departs": "2001-02-01T06:00:00Z", "miles": 12.5, "wind": null,
       "sky": "CLOUDS"}
      """;

  private static final String AT_HOME = EVENT.replace("\"wind\": null", "\"wind\": 0");

  @TempDir private Path folder;
  private EventFeatures features;

  @BeforeEach
  void spec() throws Exception {
    features = new EventFeatures(load(SPEC));
  }

  private PipelineSpec load(String yaml) throws Exception {
    Files.writeString(folder.resolve("flight.avsc"), SCHEMA);
    return SpecLoader.load(Files.writeString(folder.resolve("p.yaml"), yaml));
  }

  @Test
  void givesTheKeyAndTheVectorOfTheJob() throws Exception {
    EventFeatures.Request request = features.request(json(EVENT), null, null);

    assertThat(request.key()).isEqualTo("ATL|7");
    double[] vector = vector(request);
    assertThat(vector).hasSize(5);
    assertThat(vector[0]).isEqualTo(12.5);
    assertThat(vector[1]).isNaN();
    assertThat(vector[2]).isEqualTo(1);
    assertThat(vector[3]).isEqualTo(StrictMath.sin(Math.PI / 2));
    assertThat(request.featuresAsOf()).isNull();
  }

  @Test
  void takesTimesAsNumbersToo() throws Exception {
    String number = EVENT.replace("\"2001-02-01T06:00:00Z\"", "981007200000");

    assertThat(vector(features.request(json(number), null, null)))
        .isEqualTo(vector(features.request(json(EVENT), null, null)));
  }

  @Test
  void putsGivenFeaturesInThePlaceOfThoseWorkedOut() throws Exception {
    EventFeatures.Request request =
        features.request(json(EVENT), json("{\"wind\": 3, \"sky\": \"CLEAR\"}"), null);

    assertThat(vector(request)[1]).isEqualTo(3);
    assertThat(vector(request)[2]).isEqualTo(0);
  }

  @Test
  void takesAllFeaturesWithoutAnEvent() throws Exception {
    String all = "{\"miles\": 1, \"wind\": 2, \"sky\": null, \"hour_sin\": 0, \"hour_cos\": 1}";
    EventFeatures.Request request = features.request(null, json(all), "ATL|7");

    assertThat(vector(request)).containsExactly(1, 2, Double.NaN, 0, 1);
    assertRefused(
        null,
        all.replace("\"wind\": 2,", ""),
        "k",
        "features.wind: is not given; without an event");
    assertRefused(null, all, null, "without an event, key is needed");
    assertRefused(null, null, "k", "an event or its features are needed");
  }

  @Test
  void saysWhatIsWrongAndWhatWasMeant() throws Exception {
    assertRefused(
        EVENT.replace("miles", "mile"),
        null,
        null,
        "event.mile: unknown field; did you mean 'miles'?");
    assertRefused(
        EVENT.replace("12.5", "\"far\""), null, null, "event.miles: found 'far', a number");
    assertRefused(
        EVENT.replace("CLOUDS", "CLOUD"),
        null,
        null,
        "event.sky: found 'CLOUD', not one of [CLEAR, CLOUDS]; did you mean 'CLOUDS'?");
    assertRefused(
        EVENT.replace("06:00:00Z", "noon"), null, null, "event.departs: found '2001-02-01Tnoon'");
    assertRefused(EVENT.replace("\"gate\": 7,", ""), null, null, "event.gate: is missing");
    assertRefused(EVENT.replace("7", "7.5"), null, null, "event.gate: found 7.5, a whole number");
    assertRefused(EVENT.replace("7", "3000000000"), null, null, "a number of 32 bits is needed");
    assertRefused(
        EVENT.replace("\"miles\": 12.5,", ""),
        null,
        null,
        "event.miles: is missing, and a feature is made of it");
    assertRefused("[]", null, null, "event: found an array, a JSON object is needed");
    assertRefused(
        EVENT, "{\"wnd\": 1}", null, "features.wnd: unknown feature; did you mean 'wind'?");
    assertRefused(EVENT, "{\"wind\": \"1\"}", null, "features.wind: a number is needed");
    assertRefused(EVENT, "{\"sky\": \"BLUE\"}", null, "features.sky: found \"BLUE\", not one of");
    assertRefused(EVENT, "[1]", null, "features: an object of values");
  }

  @Test
  void needsNoFieldThatAllOfItsFeaturesAreGivenFor() throws Exception {
    String without = EVENT.replace("\"miles\": 12.5,", "");

    assertThat(vector(features.request(json(without), json("{\"miles\": 4}"), null))[0])
        .isEqualTo(4);
  }

  /** As a job would have published it after one event. */
  @Test
  void asksATransformOfTheUsersOwnWithWhatItRemembersAndTellsWhereItFails() throws Exception {
    PipelineSpec spec =
        load(
            SPEC.replace(
                "  - sky\n",
                "  - sky\n  - {name: from, transform: distance-from-last,"
                    + " fields: [miles, wind, departs]}\n"));
    features = new EventFeatures(spec);
    EventFeatures.Request first = features.request(json(AT_HOME), null, null);
    byte[] state = remembered(spec, first);
    PublishedFeatures published =
        new PublishedFeatures(ByteBuffer.wrap(state), Instant.ofEpochMilli(5));

    EventFeatures.Request request =
        features.request(
            json(AT_HOME.replace("06:00", "07:00").replace("12.5", "13.5")), null, null);
    double[] vector = request.under(published);
    assertThat(vector[3]).isCloseTo(111.195, within(0.001)).isEqualTo(vector[4]);
    assertThat(request.featuresAsOf()).isEqualTo(Instant.ofEpochMilli(5));
    assertThat(
            features
                .request(json(AT_HOME), json("{\"from_distance\": 1, \"from_per_hour\": 2}"), null)
                .under(published))
        .contains(1, 2);
    EventFeatures.Request beyond =
        features.request(json(AT_HOME.replace("12.5", "95")), null, null);
    assertThatThrownBy(() -> beyond.under(published))
        .isInstanceOf(FeatureException.class)
        .hasMessageContaining("feature 'from' (transform 'distance-from-last', version 1) failed")
        .hasMessageContaining("latitude is 95.0");
  }

  private static byte[] remembered(PipelineSpec spec, EventFeatures.Request first)
      throws Exception {
    KeyFeatures none = spec.keyedFeatures().none();
    double[] open =
        first.under(new PublishedFeatures(ByteBuffer.wrap(none.write()), Instant.EPOCH));
    double at = Instant.parse("2001-02-01T06:00:00Z").toEpochMilli();
    none.complete(
        open,
        new FeatureInputs(new double[] {12.5, 0, at}, new String[3], new double[0]),
        (long) at);
    return none.write();
  }

  private static double[] vector(EventFeatures.Request request) throws Exception {
    return request.under(
        PublishedModel.of(new Taught("k", false, "bayes.NaiveBayes").learn(3).publish("s0"))
            .publishedFeatures());
  }

  private void assertRefused(String event, String given, String key, String message)
      throws JsonProcessingException {
    JsonNode eventJson = event == null ? null : json(event);
    JsonNode givenJson = given == null ? null : json(given);
    assertThatThrownBy(() -> features.request(eventJson, givenJson, key))
        .isInstanceOf(FeatureException.class)
        .hasMessageContaining(message);
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return new JsonMapper().readTree(text);
  }
}

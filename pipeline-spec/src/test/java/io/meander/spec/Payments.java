/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.NoSuchFileException;

/** A small pipeline, whole, for tests to change in one place. */
final class Payments {

  static final String SCHEMA =
      """
      {"type": "record", "name": "Payment", "fields": [
        {"name": "id", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "merchant", "type": "string"},
        {"name": "amount", "type": ["null", "double"]},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["CARD", "CASH"]}},
        {"name": "fraud", "type": ["null", "boolean"]},
        {"name": "loss", "type": "int"}]}
      """;

  /** Of records that say later whether a payment was a fraud. */
  static final String CHARGE =
      """
      {"type": "record", "name": "Charge", "fields": [
        {"name": "payment", "type": "string"},
        {"name": "shop", "type": "string"},
        {"name": "came", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "verdict", "type": {"type": "enum", "name": "V", "symbols": ["ok", "bad"]}}]}
      """;

  static final String KNOWN = " (Payment has id, at, merchant, amount, kind, fraud, loss)";

  static final String SPEC =
      """
      name: payments
      events: {schema: payment.avsc, key: [merchant], id: id, time: {field: at}}
      label: {field: fraud, outcome: [loss]}
      slots:
        - {id: nb, learner: bayes.NaiveBayes}
      """;

  private Payments() {}

  static PipelineSpec parse(String yaml) throws SpecException {
    return SpecLoader.parse(yaml, Payments::file);
  }

  static String file(String path) throws NoSuchFileException {
    return switch (path) {
      case "payment.avsc" -> SCHEMA;
      case "charge.avsc" -> CHARGE;
      case "broken.avsc" -> "{\"type\": \"rec";
      case "typo.avsc" -> "{\"type\": \"record\", \"name\": \"A\", \"fields\": [{\"name\": 1}]}";
      case "string.avsc" -> "\"string\"";
      default -> throw new NoSuchFileException(path);
    };
  }

  static void assertErrors(String yaml, String... expected) {
    assertThat(errors(yaml).errors()).extracting(SpecError::toString).containsExactly(expected);
  }

  static SpecException errors(String yaml) {
    SpecException e = catchThrowableOfType(SpecException.class, () -> parse(yaml));
    assertThat(e).as(yaml).isNotNull();
    return e;
  }
}

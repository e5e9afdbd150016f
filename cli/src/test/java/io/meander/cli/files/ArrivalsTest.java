/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivalsTest {

  private static final String SCHEMA =
      """
      {"type": "record", "name": "Flight", "fields": [
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "miles", "type": ["null", "double"]},
        {"name": "late", "type": ["null", "boolean"]}]}
      """;

  private static final String SPEC =
      """
      name: flights
      events: {schema: flight.avsc, time: {field: at}}
      label:
        value: late
        known-at: {value: "at + duration('30m') + duration('1m') * (miles / 8)"}
      slots: [{id: nb, learner: bayes.NaiveBayes}]
      """;

  @TempDir Path folder;

  /** The first lands after 80 minutes, the second after 40, the third never says when. */
  @Test
  void aLabelComesWhenTheExpressionSays() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("flights.csv"),
            """
            at,miles,late
            2001-01-01T00:00:00Z,400,true
            2001-01-01T00:10:00Z,80,false
            2001-01-01T00:50:00Z,,true
            2001-01-01T00:51:00Z,8,true
            2001-01-01T02:00:00Z,8,false
            """);
    Files.writeString(folder.resolve("flight.avsc"), SCHEMA);
    PipelineSpec spec = SpecLoader.load(Files.writeString(folder.resolve("spec.yaml"), SPEC));

    List<String> arrived = new ArrayList<>();
    try (Arrivals arrivals = Arrivals.open(file, null, spec, Long.MAX_VALUE, true, null)) {
      for (Arrivals.Arrived next = arrivals.next(); next != null; next = arrivals.next()) {
        long minute = Math.floorMod(next.time() / 60_000, 1440L);
        arrived.add(next.kind() + " " + next.row() + " " + minute);
      }
    }

    assertThat(arrived)
        .containsExactly(
            "EVENT_BEFORE_LABEL 0 0",
            "EVENT_BEFORE_LABEL 1 10",
            "LABEL 1 50",
            "EVENT_BEFORE_LABEL 2 50",
            "EVENT_BEFORE_LABEL 3 51",
            "LABEL 0 80",
            "LABEL 3 82",
            "EVENT_BEFORE_LABEL 4 120",
            "LABEL_AFTER_END 4 151");
  }

  @Test
  void aFieldOfBothFilesSaysInWhichOrderTheirRowsCame() throws Exception {
    Files.writeString(
        folder.resolve("payment.avsc"),
        """
        {"type": "record", "name": "Payment", "fields": [
          {"name": "id", "type": "string"}, {"name": "at", "type": "long"},
          {"name": "amount", "type": "double"}, {"name": "stored", "type": "long"}]}
        """);
    Files.writeString(
        folder.resolve("charge.avsc"),
        """
        {"type": "record", "name": "Charge", "fields": [
          {"name": "payment", "type": "string"}, {"name": "came", "type": "long"},
          {"name": "bad", "type": "boolean"}, {"name": "stored", "type": "long"}]}
        """);
    PipelineSpec spec =
        SpecLoader.load(
            Files.writeString(
                folder.resolve("spec.yaml"),
                """
                name: payments
                events: {schema: payment.avsc, id: id, time: {field: at}}
                label: {topic: charges, schema: charge.avsc, id: payment, field: bad, time: {field: came}}
                features: [amount]
                slots: [{id: nb, learner: bayes.NaiveBayes}]
                """));
    Path events =
        Files.writeString(
            folder.resolve("payments.csv"), "id,at,amount,stored\na,1,1,5\nb,2,1,7\nc,9,1,8\n");
    Path labels =
        Files.writeString(
            folder.resolve("charges.csv"),
            "payment,came,bad,stored\na,3,true,6\nc,10,true,8\nb,11,false,30\n");

    assertThat(order(Arrivals.open(events, labels, spec, 9, false, null)))
        .containsExactly("EVENT 0", "EVENT 1", "LABEL 0", "EVENT 2", "LABEL 1", "LABEL 2");
    assertThat(order(Arrivals.open(events, labels, spec, 9, false, "stored")))
        .containsExactly("EVENT 0", "LABEL 0", "EVENT 1", "LABEL 1", "EVENT 2", "LABEL 2");
    Arrivals.requireField("stored", spec);
    assertThatThrownBy(() -> Arrivals.requireField("store", spec))
        .hasMessageContaining("'store'")
        .hasMessageContaining("stored");
    assertThatThrownBy(() -> Arrivals.requireField("amount", spec))
        .hasMessageContaining("'amount' is a double, which holds no time");
  }

  private static List<String> order(Arrivals opened) throws Exception {
    List<String> order = new ArrayList<>();
    try (Arrivals arrivals = opened) {
      for (Arrivals.Arrived next = arrivals.next(); next != null; next = arrivals.next()) {
        order.add(next.kind() + " " + next.row());
      }
    }
    return order;
  }
}

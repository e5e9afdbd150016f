/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.events;

import static io.meander.flink.TestPipelines.flight;
import static io.meander.flink.TestPipelines.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.meander.features.FeatureInputs;
import io.meander.flink.RawRecord;
import io.meander.flink.TestPipelines;
import io.meander.models.ClassTarget;
import io.meander.models.Observation;
import io.meander.spec.PipelineSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {

  private final EventReader reader = new EventReader(TestPipelines.flights());

  @Test
  void makesAnObservationOfAnEvent() throws UnfitRecordException {
    Observation observation = reader.read(raw(flight("f1", "ATL", 1_000, 590, "yes")));

    assertThat(observation)
        .usingRecursiveComparison()
        .isEqualTo(
            new Observation(
                Observation.UNNUMBERED,
                "f1",
                "ATL",
                1_000,
                new double[] {590},
                1,
                1,
                new String[] {"DL|ATL"},
                FeatureInputs.NONE,
                2,
                17));
  }

  @Test
  void aNullLabelIsNoLabel() throws UnfitRecordException {
    assertThat(reader.read(raw(flight("f1", "ATL", 1, 1, null))).label()).isNaN();
  }

  @ParameterizedTest
  @CsvSource({"15.0, 0", "15.1, 1", "-3, 0", "NaN, NaN", "Infinity, NaN", ", NaN"})
  void aNumberAboveTheThresholdIsTheSecondClass(Double delay, double label)
      throws UnfitRecordException {
    GenericRecord flight = flight("f1", "ATL", 1, 1, null);
    flight.put("delay", delay);

    assertThat(new EventReader(TestPipelines.bare()).read(raw(flight)).label())
        .isEqualTo(Double.valueOf(label));
  }

  @Test
  void readsTheWeightOfAnEvent() throws UnfitRecordException {
    EventReader weighted = new EventReader(TestPipelines.weighted("miles"));

    assertThat(weighted.read(raw(flight("f1", "ATL", 1, 2.5, "no"))).weight()).isEqualTo(2.5);
    assertThat(reader.read(raw(flight("f1", "ATL", 1, 2.5, "no"))).weight()).isEqualTo(1);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e10, 1e-10})
  void aWeightThatCountsNothingOrTooMuchIsRejected(Double weight) {
    GenericRecord flight = flight("f1", "ATL", 1, 590, "no");
    flight.put("delay", weight);

    UnfitRecordException unfit =
        catchThrowableOfType(
            UnfitRecordException.class,
            () -> new EventReader(TestPipelines.weighted("delay")).read(raw(flight)));

    assertThat(unfit.reason()).isEqualTo(RejectReason.BAD_WEIGHT);
    assertThat(unfit)
        .hasMessageContaining("weight 'delay' is")
        .hasMessageContaining("from 1e-9 to 1e9");
  }

  @Test
  void anUnknownClassIsRejectedWithTheListAndTheNearest() {
    UnfitRecordException unfit = unfit(raw(flight("f1", "ATL", 1, 1, "Yes")));

    assertThat(unfit.reason()).isEqualTo(RejectReason.UNKNOWN_CLASS);
    assertThat(unfit)
        .hasMessageContaining("'late' is 'Yes'")
        .hasMessageContaining("[no, yes]")
        .hasMessageContaining("did you mean 'yes'");
  }

  @Test
  void aLabelThatIsNoNumberIsRejectedWhereANumberIsNeeded() {
    PipelineSpec spec =
        TestPipelines.flights(
            new PipelineSpec.Label("late", 15.0, List.of("no", "yes"), List.of()),
            PipelineSpec.Delivery.AT_LEAST_ONCE);

    UnfitRecordException unfit =
        catchThrowableOfType(
            UnfitRecordException.class,
            () -> new EventReader(spec).read(raw(flight("f1", "ATL", 1, 1, "often"))));

    assertThat(unfit.reason()).isEqualTo(RejectReason.BAD_FIELD);
    assertThat(unfit).hasMessageContaining("'late' holds 'often'").hasMessageContaining("number");
  }

  @ParameterizedTest
  @CsvSource({"12, 1", "3, 0", "NaN, NaN", ", NaN"})
  void anExpressionGivesTheLabel(Double delay, double label) throws UnfitRecordException {
    GenericRecord flight = flight("f1", "ATL", 1, 590, null);
    flight.put("delay", delay);
    PipelineSpec spec =
        TestPipelines.flights(
            new PipelineSpec.Label(
                null,
                "delay > 10 && miles > 500",
                null,
                new ClassTarget(List.of("false", "true")),
                List.of("delay"),
                null,
                null,
                TestPipelines.flights().label().waits()),
            PipelineSpec.Delivery.AT_LEAST_ONCE);

    assertThat(new EventReader(spec).read(raw(flight)).label()).isEqualTo(Double.valueOf(label));
  }

  @Test
  void truncatedBytesAreRejected() {
    byte[] whole = TestPipelines.bytes(flight("f1", "ATL", 1, 1, "yes"));

    UnfitRecordException unfit = unfit(raw(Arrays.copyOf(whole, whole.length - 3)));

    assertThat(unfit.reason()).isEqualTo(RejectReason.MALFORMED_AVRO);
  }

  @Test
  void aTombstoneIsRejected() {
    assertThat(unfit(raw((byte[]) null)).reason()).isEqualTo(RejectReason.TOMBSTONE);
  }

  @Test
  void anUnreadableRowIsRejectedWithItsReason() {
    RawRecord row =
        new RawRecord(
            "f.csv",
            0,
            8,
            Long.MIN_VALUE,
            null,
            "a,b".getBytes(StandardCharsets.UTF_8),
            8,
            "f.csv:10: 2 columns, 7 are needed");

    UnfitRecordException unfit = unfit(row);

    assertThat(unfit.reason()).isEqualTo(RejectReason.UNREADABLE_ROW);
    assertThat(unfit).hasMessage("f.csv:10: 2 columns, 7 are needed");
  }

  @Test
  void aMissingKeyIdOrTimeIsRejectedByName() {
    GenericRecord noKey = flight("f1", null, 1, 1, "yes");
    GenericRecord noId = flight(null, "ATL", 1, 1, "yes");
    GenericRecord noTime = flight("f1", "ATL", 1, 1, "yes");
    noTime.put("at", null);

    assertThat(unfit(raw(noKey)).reason()).isEqualTo(RejectReason.MISSING_KEY);
    assertThat(unfit(raw(noKey))).hasMessageContaining("'origin'");
    assertThat(unfit(raw(noId)).reason()).isEqualTo(RejectReason.MISSING_ID);
    assertThat(unfit(raw(noTime)).reason()).isEqualTo(RejectReason.NO_EVENT_TIME);
  }

  @Test
  void withoutAnIdARecordIsNamedByItsPlace() throws UnfitRecordException {
    EventReader bare = new EventReader(TestPipelines.bare());
    byte[] value = TestPipelines.bytes(flight("f1", "ATL", 1, 1, "yes"));
    RawRecord row = new RawRecord("f.arff", 0, 4, Long.MIN_VALUE, null, value, 3, null);

    assertThat(bare.read(raw(value)).eventId()).isEqualTo("flights-2-17");
    assertThat(bare.read(row).eventId()).isEqualTo("3");
  }

  @Test
  void withoutATimeTheRecordsOwnIsTaken() throws UnfitRecordException {
    EventReader bare = new EventReader(TestPipelines.bare());

    assertThat(bare.read(raw(flight("f1", "ATL", 1, 1, "yes"))).eventTime()).isEqualTo(5_000);
  }

  @Test
  void withoutAKeyThereIsOneForAll() throws UnfitRecordException {
    EventReader bare = new EventReader(TestPipelines.bare());

    assertThat(bare.read(raw(flight("f1", "ATL", 1, 1, "yes"))).key()).isEqualTo("all");
  }

  private UnfitRecordException unfit(RawRecord record) {
    return catchThrowableOfType(UnfitRecordException.class, () -> reader.read(record));
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeoCellColumnTest {

  private static final int BUCKETS = 1000;

  private static final Schema PLACE =
      SchemaBuilder.record("Place")
          .fields()
          .optionalDouble("lat")
          .optionalDouble("lon")
          .requiredString("name")
          .endRecord();

  /** Leaf cells are those in the tests of S2 in Go; a level of n keeps 3 + 2n bits, and a 1. */
  @ParameterizedTest
  @CsvSource({
    "49.703498679, 11.770681595, 30, 47a1cbd595522b39",
    "49.703498679, 11.770681595, 10, 47a1cb",
    "55.685376759, 12.588490937, 30, 46525318b63be0f9",
    "45.486546517, -93.449700022, 30, 52b30b71698e729d",
    "45.486546517, -93.449700022, 0, 5",
    "0, 0, 0, 1",
    "-90, 180, 0, b"
  })
  void isTheHashOfTheCellsToken(double lat, double lon, int level, String token) throws Exception {
    assertThat(cell(lat, lon, level)).isEqualTo(Murmur3.bucket(token, BUCKETS));
  }

  @ParameterizedTest
  @CsvSource({"90.001, 0", "-91, 0", "0, 180.5", "0, -181", "NaN, 0", "0, Infinity", ", 0", "0, "})
  void isMissingWhereThereIsNoSuchPlace(Double lat, Double lon) throws Exception {
    assertThat(cell(lat, lon, 10)).isNaN();
  }

  @Test
  void refusesWhatIsNoPlace() {
    assertThatThrownBy(() -> new FeatureSpec.GeoCell("c", List.of("lat"), 10, 8))
        .hasMessage("a place is [latitude, longitude], not [lat]");
    assertThatThrownBy(() -> new FeatureSpec.GeoCell("c", List.of("lat", "lon"), 31, 8))
        .hasMessage("a cell's level is from 0 to 30, not 31");
    assertThatThrownBy(
            () -> new FeatureSpec.GeoCell("c", List.of("lat", "name"), 3, 8).writer(PLACE))
        .hasMessage("'name' is a string, and a coordinate is a number");
  }

  private static double cell(Double lat, Double lon, int level) throws Exception {
    GenericData.Record place = new GenericData.Record(PLACE);
    place.put("lat", lat);
    place.put("lon", lon);
    place.put("name", "x");
    FeatureSpec feature = new FeatureSpec.GeoCell("c", List.of("lat", "lon"), level, BUCKETS);
    return FeatureTransform.compile(List.of(feature), PLACE).apply(place)[0];
  }
}

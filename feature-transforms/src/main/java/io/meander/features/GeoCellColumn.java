/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import com.google.common.geometry.S2CellId;
import com.google.common.geometry.S2LatLng;
import io.meander.features.FeatureSchema.Column;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * The cell of Google's S2 geometry that a place is in, its token hashed. Missing where a coordinate
 * is, or is none of the Earth's.
 */
final class GeoCellColumn extends ColumnWriter {

  private static final double MAX_LATITUDE = 90;
  private static final double MAX_LONGITUDE = 180;

  private final FieldPath latitude;
  private final FieldPath longitude;
  private final int level;
  private final int buckets;

  GeoCellColumn(FeatureSpec.GeoCell feature, Schema event) {
    super(
        List.of(
            new Column(
                feature.name(),
                IntStream.range(0, feature.buckets()).mapToObj(Integer::toString).toList())));
    this.latitude = number(feature.fields().get(0), event);
    this.longitude = number(feature.fields().get(1), event);
    this.level = feature.level();
    this.buckets = feature.buckets();
  }

  private static FieldPath number(String field, Schema event) {
    FieldPath path = FieldPath.of(field, event);
    if (!FieldColumn.isNumber(path.type())) {
      throw new IllegalArgumentException(
          "'" + path + "' is " + FieldPath.name(path.type()) + ", and a coordinate is a number");
    }
    return path;
  }

  @Override
  void write(GenericRecord event, double[] vector, int offset) {
    double north = degrees(latitude, event, MAX_LATITUDE);
    double east = degrees(longitude, event, MAX_LONGITUDE);
    if (Double.isNaN(north) || Double.isNaN(east)) {
      vector[offset] = Double.NaN;
      return;
    }
    S2CellId cell = S2CellId.fromLatLng(S2LatLng.fromDegrees(north, east)).parent(level);
    vector[offset] = Murmur3.bucket(cell.toToken(), buckets);
  }

  /** NaN if it is missing or further out. */
  private static double degrees(FieldPath path, GenericRecord event, double most) {
    Object value = path.read(event);
    double degrees = value == null ? Double.NaN : ((Number) value).doubleValue();
    return Math.abs(degrees) <= most ? degrees : Double.NaN;
  }
}

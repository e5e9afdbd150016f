/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.bench.FlightRows;
import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSchema.Column;
import io.meander.features.FeatureSpec;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSpec;
import io.meander.models.SlotSpec;
import io.meander.spec.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import moa.options.ClassOption;
import moa.streams.InstanceStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.commons.csv.CSVRecord;

/**
 * A labelled stream held in memory, so that every design reads the same rows at the same cost.
 *
 * @param rows one vector each, a nominal as its index
 * @param labels index in the class list, one per row
 */
record Source(
    String name, List<Column> columns, List<String> classes, double[][] rows, int[] labels) {

  static final List<String> NAMES = List.of("agrawal", "rbf", "flights");

  private static final int ROWS = 50_000;
  private static final int DESTINATIONS = 64;

  /**
   * @param flights the example's CSV file, gzipped; read for {@code flights} only
   */
  static Source of(String name, Path flights) {
    return switch (name) {
      case "agrawal" -> generated(name, "generators.AgrawalGenerator -f 2");
      case "rbf" -> generated(name, "generators.RandomRBFGenerator -c 2 -a 10");
      case "flights" -> flights(flights);
      default -> throw new IllegalArgumentException("no source " + name);
    };
  }

  /** The pipeline that learns this stream with one slot. */
  PipelineSpec spec(String learner, Duration maxLoad) {
    var fields = SchemaBuilder.record("Row").fields();
    for (Column column : columns) {
      if (column.isNominal()) {
        String[] symbols =
            IntStream.range(0, column.values().size())
                .mapToObj(i -> "v" + i)
                .toArray(String[]::new);
        Schema type =
            SchemaBuilder.enumeration(column.name().toUpperCase(java.util.Locale.ROOT))
                .symbols(symbols);
        fields.name(column.name()).type(type).noDefault();
      } else {
        fields.requiredDouble(column.name());
      }
    }
    Schema schema = fields.requiredString("label").endRecord();
    return new PipelineSpec(
        "",
        name,
        new PipelineSpec.Events(name, schema, List.of(), null, null),
        new PipelineSpec.Label("label", null, classes, List.of()),
        columns.stream()
            .map(column -> (FeatureSpec) new FeatureSpec.Plain(column.name(), column.name()))
            .toList(),
        List.of(new SlotSpec("slot", learner, SlotSpec.DEFAULT_SEED)),
        Map.of(),
        "slot",
        new DriftPolicies(DriftSpec.DEFAULT),
        null,
        new PipelineSpec.Snapshots(Long.MAX_VALUE, Duration.ofDays(1), false),
        new PipelineSpec.Recovery(maxLoad, PipelineSpec.OnCorruptModel.FAIL),
        null,
        new PipelineSpec.Evaluation(1000, List.of()),
        new PipelineSpec.Topics("p", "d", "e", "s", "r", "c", "a"),
        PipelineSpec.Delivery.AT_LEAST_ONCE);
  }

  private static Source generated(String name, String generator) {
    InstanceStream stream;
    try {
      stream =
          (InstanceStream) ClassOption.cliStringToObject(generator, InstanceStream.class, null);
    } catch (Exception e) {
      throw new IllegalArgumentException(generator, e);
    }
    ((moa.options.OptionHandler) stream).prepareForUse();
    InstancesHeader header = stream.getHeader();
    int last = header.numAttributes() - 1;
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < last; i++) {
      Attribute attribute = header.attribute(i);
      List<String> values =
          attribute.isNominal()
              ? IntStream.range(0, attribute.numValues()).mapToObj(v -> "v" + v).toList()
              : List.of();
      columns.add(new Column("c" + i, values));
    }
    double[][] rows = new double[ROWS][last];
    int[] labels = new int[ROWS];
    for (int r = 0; r < ROWS; r++) {
      Instance instance = stream.nextInstance().getData();
      for (int i = 0; i < last; i++) {
        rows[r][i] = instance.value(i);
      }
      labels[r] = (int) instance.classValue();
    }
    List<String> classes =
        IntStream.range(0, header.numClasses()).mapToObj(c -> "class" + c).toList();
    return new Source(name, columns, classes, rows, labels);
  }

  /** The example's features but for the cyclic ones, which are plain hours and weekdays here. */
  private static Source flights(Path file) {
    List<Column> columns =
        List.of(
            Column.numeric("distance"),
            Column.numeric("hour"),
            Column.numeric("weekday"),
            new Column(
                "destination", IntStream.range(0, DESTINATIONS).mapToObj(v -> "v" + v).toList()));
    double[][] rows = new double[ROWS][];
    int[] labels = new int[ROWS];
    try {
      int r = 0;
      for (CSVRecord flight : FlightRows.first(file, ROWS)) {
        OffsetDateTime departure = OffsetDateTime.parse(flight.get("scheduled_departure"));
        rows[r] =
            new double[] {
              Double.parseDouble(flight.get("distance_miles")),
              departure.getHour() + departure.getMinute() / 60.0,
              departure.getDayOfWeek().getValue(),
              Math.floorMod(flight.get("destination").hashCode(), DESTINATIONS)
            };
        labels[r++] = Double.parseDouble(flight.get("arrival_delay_minutes")) > 15 ? 1 : 0;
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot read " + file, e);
    }
    return new Source("flights", columns, List.of("no", "yes"), rows, labels);
  }

  /** The columns as Meander's models know them. */
  FeatureSchema schema() {
    return new FeatureSchema(columns);
  }
}

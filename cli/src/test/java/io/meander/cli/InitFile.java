/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/** Small data files that init is tried on. */
final class InitFile {

  static final int ROWS = 600;

  private InitFile() {}

  /** Parcels with a plan, its outcome in three dresses, and the label. */
  static Path parcels(Path file) throws IOException {
    Random random = new Random(1);
    return csv(
        file,
        "parcel_id,planned,depot,weight_kg,arrived,delay_minutes,delivery_mode,note,void,late",
        row -> {
          int delay = random.nextInt(60) - 30;
          Instant planned = Instant.parse("2024-03-01T00:00:00Z").plusSeconds(3600L * row);
          return "p%05d,%s,%s,%s,%s,%d,%s,note %d of %d,,%s"
              .formatted(
                  row,
                  planned,
                  "d" + random.nextInt(5),
                  random.nextInt(9) == 0 ? "" : Double.toString(random.nextInt(100) / 10.0),
                  planned.plusSeconds(60L * (delay + 100)),
                  delay,
                  List.of("bike", "van", "drone").get(random.nextInt(3)),
                  row,
                  random.nextInt(),
                  delay > 10 ? "yes" : "no");
        });
  }

  static Path csv(Path file, String header, IntFunction<String> row) throws IOException {
    List<String> lines = new ArrayList<>(List.of(header));
    for (int i = 0; i < ROWS; i++) {
      lines.add(row.apply(i));
    }
    return Files.write(file, lines);
  }
}

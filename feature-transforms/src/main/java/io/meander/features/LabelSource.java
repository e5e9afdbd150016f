/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.List;
import org.apache.avro.Schema;

/**
 * Where features over labels find what they remember.
 *
 * @param schema of the records that bring labels: the events' own, or those of the labels' topic
 * @param fieldOrNull of the label; null if an expression gives it
 * @param valueOrNull the expression that gives it
 * @param aboveOrNull the label is whether its number exceeds this
 * @param classes in order; empty if the label is a number
 */
public record LabelSource(
    Schema schema,
    String fieldOrNull,
    String valueOrNull,
    Double aboveOrNull,
    List<String> classes) {

  public LabelSource {
    classes = List.copyOf(classes);
  }
}

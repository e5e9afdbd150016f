/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.features.Nominal;
import java.util.List;
import org.apache.avro.Schema;

/** The words that a field can hold. */
final class FieldWords {

  private FieldWords() {}

  /** All of a listed field's, in the list's order; of others those that were seen, sorted. */
  static List<String> of(FieldSample field) {
    boolean known = field.isListed() || field.type().getType() == Schema.Type.BOOLEAN;
    return known
        ? Nominal.values(field.type()).orElse(field.words())
        : field.words().stream().sorted().toList();
  }
}

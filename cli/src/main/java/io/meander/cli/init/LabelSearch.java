/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the field that is the label where nobody names one. */
final class LabelSearch {

  private LabelSearch() {}

  /**
   * The field that is the label, if nobody says which: by its name, else the last one.
   *
   * @throws InitException if none suggests itself
   */
  static LabelChoice infer(FileSample file, Double wishedOrNull) throws InitException {
    List<FieldSample> fields = new ArrayList<>(file.fields());
    fields.removeIf(field -> !mayBe(field) || field.nameParts().hintsAtId());
    for (FieldSample field : file.fields()) {
      if (field.nameParts().isLabel() && field.kind() != FieldSample.Kind.TIME) {
        return LabelChoice.of(field, wishedOrNull, "by its name" + others(fields, field));
      }
    }
    for (FieldSample field : fields) {
      if (field.nameParts().hintsAtLabel() && isClass(field)) {
        return LabelChoice.of(field, wishedOrNull, "by its name" + others(fields, field));
      }
    }
    FieldSample last = file.fields().isEmpty() ? null : file.fields().get(file.fields().size() - 1);
    if (last == null || !fields.contains(last)) {
      throw new InitException(
          "no field of %s is plainly the label; name it with --label FIELD%s"
              .formatted(
                  file.path(),
                  fields.isEmpty()
                      ? ""
                      : ": " + new Candidates(List.of(), "", names(fields)).otherText()));
    }
    return LabelChoice.of(last, wishedOrNull, "as the last field" + others(fields, last));
  }

  private static List<String> names(List<FieldSample> fields) {
    return fields.stream()
        .sorted(Comparator.comparing(field -> !isClass(field)))
        .map(FieldSample::name)
        .toList();
  }

  private static String others(List<FieldSample> fields, FieldSample chosen) {
    List<String> others =
        names(
            fields.stream()
                .filter(
                    field -> field != chosen && isClass(field) && !field.nameParts().hintsAtKey())
                .toList());
    return others.isEmpty()
        ? ""
        : "; --label could also name " + new Candidates(List.of(), "", others).otherText();
  }

  private static boolean mayBe(FieldSample field) {
    return field.kind() == FieldSample.Kind.NUMBER ? field.distinct() >= 2 : isClass(field);
  }

  private static boolean isClass(FieldSample field) {
    return field.kind() != FieldSample.Kind.TIME
        && field.distinct() >= 2
        && field.distinct() <= LabelChoice.MOST_WHOLE_CLASSES;
  }
}

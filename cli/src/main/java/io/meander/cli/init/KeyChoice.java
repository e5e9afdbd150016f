/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.features.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Chooses what model sets are kept for, and what tells events apart. */
final class KeyChoice {

  /** A model needs some rows to learn anything. */
  private static final int LEAST_ROWS = 20;

  private final List<FieldSample> free;

  /**
   * @param free fields that are neither label, event time nor known only afterwards
   */
  KeyChoice(Collection<FieldSample> free) {
    this.free = List.copyOf(free);
  }

  /** The key by its name, if its values come often enough; else none. */
  Candidates key() {
    List<FieldSample> candidates = new ArrayList<>(free);
    candidates.removeIf(field -> !mayBeKey(field));
    candidates.sort(Comparator.comparingInt(KeyChoice::rank).reversed());
    if (candidates.isEmpty() || rank(candidates.get(0)) < 2) {
      return new Candidates(
          List.of(), "none is plainly one, so one model set learns from all", texts(candidates));
    }
    FieldSample best = candidates.get(0);
    return new Candidates(
        List.of(best),
        "by its name; " + values(best),
        texts(candidates.subList(1, candidates.size())));
  }

  /**
   * The key that was asked for.
   *
   * @throws InitException if a field cannot be one
   */
  static Candidates wished(List<String> names, FileSample file, LabelChoice label)
      throws InitException {
    List<FieldSample> fields = new ArrayList<>();
    for (String name : names) {
      FieldSample field = find(name, file, "--key");
      if (field == label.field()) {
        throw new InitException("'" + name + "' is the label, so it cannot be the key too");
      }
      if (field.kind() == FieldSample.Kind.TIME) {
        throw new InitException("'" + name + "' is a time, which is no key");
      }
      fields.add(field);
    }
    List<String> texts = fields.stream().map(f -> f.name() + " " + values(f)).toList();
    return new Candidates(fields, "as --key says; " + String.join(", ", texts), List.of());
  }

  /**
   * The field that an option names.
   *
   * @throws InitException with the nearest names if there is none
   */
  static FieldSample find(String name, FileSample file, String option) throws InitException {
    List<String> names = file.fields().stream().map(FieldSample::name).toList();
    int at = names.indexOf(name);
    if (at >= 0) {
      return file.fields().get(at);
    }
    String unusable = file.unusable().get(name);
    throw new InitException(
        unusable != null
            ? "%s: '%s' is %s, not a single value".formatted(option, name, unusable)
            : "%s: there is no field '%s'%s (%s has %s)"
                .formatted(
                    option,
                    name,
                    NearestName.suggestion(name, names),
                    file.path().getFileName(),
                    String.join(", ", names)));
  }

  /** The field whose values are all different and whose name or text says that it is an id. */
  Candidates id(Candidates key) {
    List<FieldSample> unique =
        free.stream()
            .filter(field -> !key.has(field))
            .filter(field -> field.kind() == FieldSample.Kind.WORD || field.isWhole())
            .filter(field -> field.kind() != FieldSample.Kind.TIME)
            .filter(field -> field.distinct() == field.rows() && field.rows() > 1)
            .toList();
    FieldSample best =
        unique.stream().filter(field -> field.nameParts().hintsAtId()).findFirst().orElse(null);
    List<String> others =
        unique.stream().filter(field -> field != best).map(FieldSample::name).toList();
    return best == null
        ? new Candidates(
            List.of(),
            unique.isEmpty() ? "no field is different in every row" : "no field is plainly one",
            others)
        : new Candidates(List.of(best), "different in every row of the sample", others);
  }

  private static boolean mayBeKey(FieldSample field) {
    boolean text =
        (field.kind() == FieldSample.Kind.WORD && field.distinct() > 2)
            || (field.kind() == FieldSample.Kind.NUMBER && field.isWhole() && named(field));
    return text
        && field.distinct() >= 2
        && field.isMostlyPresent()
        && (long) field.distinct() * LEAST_ROWS <= field.rows();
  }

  private static boolean named(FieldSample field) {
    return field.nameParts().hintsAtKey() || field.nameParts().hintsAtId();
  }

  private static int rank(FieldSample field) {
    NameParts name = field.nameParts();
    if (name.hintsAtKey()) {
      return name.hintsAtId() ? 4 : 3;
    }
    return name.hintsAtId() ? 2 : 1;
  }

  private static List<String> texts(List<FieldSample> fields) {
    return fields.stream().map(field -> field.name() + " (" + values(field) + ")").toList();
  }

  private static String values(FieldSample field) {
    return "%s values, %s rows each"
        .formatted(
            Candidates.count(field.distinct()),
            Candidates.count(Math.round((double) field.present() / Math.max(1, field.distinct()))));
  }
}

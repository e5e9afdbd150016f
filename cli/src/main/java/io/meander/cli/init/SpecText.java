/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.init;

import io.meander.spec.Durations;
import io.meander.spec.FileKind;
import java.util.List;
import java.util.stream.Stream;

/** Writes a draft as a commented spec. Used once. */
public final class SpecText {

  /** More features as they are than that are not listed one by one. */
  private static final int MOST_LINES = 50;

  private static final String CLASSIFIERS =
      """

      slots:                            # MOA option strings; all of them vote and learn
        - {id: ht, learner: "trees.HoeffdingTree"}
        - {id: hat, learner: "trees.HoeffdingAdaptiveTree"}
        - {id: nb, learner: "bayes.NaiveBayes"}
        # - {id: arf, learner: "meta.AdaptiveRandomForest -s 10"}   # better, and slower by far

      serve: {champion: ht}             # the slot whose votes are the predictions
      """;

  private static final String REGRESSORS =
      """

      missing: mean                     # of a number; trees.FIMTDD takes none that is missing

      slots:                            # MOA option strings; all of them answer and learn
        - {id: rules, learner: "rules.AMRulesRegressor"}
        - {id: tree, learner: "trees.FIMTDD"}
        # - {id: arf, learner: "meta.AdaptiveRandomForestRegressor -s 10"}   # slower by far

      serve: {policy: vote}             # the mean of both, weighted by their recent errors
      """;

  private final SpecDraft draft;
  private final StringBuilder yaml = new StringBuilder();

  private SpecText(SpecDraft draft) {
    this.draft = draft;
  }

  /**
   * @param name of the spec's file, for the commands in its first comment
   * @param schema path of the schema, relative to the spec
   */
  public static String of(SpecDraft draft, String name, String schema) {
    return new SpecText(draft).write(name, schema);
  }

  private String write(String name, String schema) {
    FileSample file = draft.file();
    comment(
        "",
        "Made by 'meander init' of %s %s rows of %s. Check it, then:"
            .formatted(
                file.whole() ? "all" : "the first",
                Candidates.count(file.rows()),
                file.path().getFileName()));
    yaml.append("#   ./meander validate ").append(name);
    yaml.append("\n#   ./meander backtest ").append(name).append(" --events ").append(file.path());
    yaml.append(" --out results\n");
    comment("", "What each key means: docs/spec.md");
    String pipeline = SpecDraft.nameOf(file.path());
    yaml.append("name: ").append(YamlText.quoted(pipeline));
    yaml.append("\ntask: ").append(draft.label().isNumber() ? "regression" : "classification");
    yaml.append("\n");
    writeEvents(schema);
    writeLabel();
    writeFeatures();
    yaml.append(draft.label().isNumber() ? REGRESSORS : CLASSIFIERS);
    yaml.append(
        """

        # A copy of each champion that stops learning, to see what learning on is worth:
        # frozen: {after: {instances: 1000}}
        """);
    return yaml.toString();
  }

  private void writeEvents(String schema) {
    yaml.append("\nevents:\n");
    comment(
        "  ",
        "Types "
            + switch (draft.file().kind()) {
              case CSV -> "inferred from the rows: check them before events come over Kafka.";
              case ARFF -> "as the file's header says.";
              case AVRO -> "as the file says.";
            });
    line("schema: " + YamlText.quoted(schema));
    comment("  ", "Key, one model set per value: " + why(draft.key()));
    line((draft.key().isNone() ? "# key: [FIELD]" : "key: " + YamlText.names(draft.key().names())));
    comment("  ", "Id, unique per event: " + why(draft.id()));
    line(
        draft.id().isNone()
            ? "# id: FIELD                     # left out: the row's number"
            : "id: " + YamlText.name(draft.id().names().get(0)));
    comment("  ", "Event time: " + why(draft.time().candidates()));
    FieldSample time = draft.time().fieldOrNull();
    if (time == null) {
      line("# time: {field: FIELD}           # left out: the order of the file");
      return;
    }
    String format =
        time.formatOrNull() == null ? "" : ", format: " + YamlText.quoted(time.formatOrNull());
    line(
        "time: {field: %s%s, zone: UTC, out-of-orderness: %s}"
            .formatted(
                YamlText.name(time.name()), format, Durations.text(draft.time().outOfOrderness())));
  }

  private void writeLabel() {
    LabelChoice label = draft.label();
    yaml.append("\nlabel:\n");
    comment(
        "  ", "Chosen " + label.reason() + ". Learned at once, which flatters if it comes later.");
    line("field: " + YamlText.name(label.field().name()));
    String classes = "classes: " + YamlText.quotedList(label.classes());
    if (label.isNumber()) {
      String above = Numbers.text(label.aboveOrNull());
      comment("  ", "The number itself is predicted. 'meander init' with --above " + above);
      comment("  ", "writes a spec that predicts whether it is above that, a classification:");
      line("#   above: " + above + "   # " + label.classesReason());
      line("#   " + classes);
    } else if (label.aboveOrNull() == null) {
      line(classes + "   # " + label.classesReason());
    } else {
      line("above: " + Numbers.text(label.aboveOrNull()) + "   # " + label.classesReason());
      line(classes + "   # not above, above");
    }
    if (!draft.leaks().isEmpty()) {
      comment(
          "  ",
          "Suspected leaks, known only with the label, so no features. Delete what is known before:");
      line("outcome:");
      draft
          .leaks()
          .forEach((name, reason) -> line("  - " + YamlText.name(name) + "   # " + reason));
    }
  }

  private void writeFeatures() {
    FeatureChoice features = draft.features();
    yaml.append("\n");
    if (!features.leftOut().isEmpty()) {
      comment("", "Left out of the features:");
      features.leftOut().forEach((name, why) -> comment("", "  " + name + ": " + why));
    }
    if (features.lines().size() > MOST_LINES && areRest()) {
      comment("", "The other " + features.lines().size() + " fields, as they are:");
      yaml.append("features: {all-but: ")
          .append(YamlText.names(List.copyOf(features.leftOut().keySet())))
          .append("}\n");
      if (draft.file().kind() == FileKind.ARFF && !draft.key().isNone()) {
        yaml.append("key-as-feature: true\n");
      }
      return;
    }
    yaml.append("features:\n");
    features.lines().forEach(f -> line("- " + f.yaml() + "   # " + f.comment()));
  }

  /** Whether the features are just what a spec takes if it only says what to leave out. */
  private boolean areRest() {
    Stream<String> names =
        Stream.concat(
            draft.file().fields().stream().map(FieldSample::name),
            draft.file().unusable().keySet().stream());
    return draft.features().lines().stream().allMatch(FeatureChoice.Line::plain)
        && names.noneMatch(name -> name.indexOf('.') >= 0);
  }

  private static String why(Candidates chosen) {
    return chosen.reason()
        + (chosen.others().isEmpty() ? "." : ". Others: " + chosen.otherText() + ".");
  }

  private void line(String text) {
    yaml.append("  ").append(text).append('\n');
  }

  private void comment(String indent, String text) {
    yaml.append(YamlText.comment(indent, text));
  }
}

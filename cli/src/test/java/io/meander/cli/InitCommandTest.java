/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.meander.features.FeatureSchema;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec;
import io.meander.spec.SpecException;
import io.meander.spec.SpecLoader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitCommandTest {

  @TempDir Path directory;

  @Test
  void infersKeyIdTimeAndLabelAndLeavesLeaksOut() throws Exception {
    Path file = InitFile.parcels(directory.resolve("parcels.csv"));

    Command init = init(file);

    assertThat(init.exitCode()).as(init.err()).isZero();
    assertThat(init.err())
        .contains("suspected leak: arrived: a time later than planned in 600 of 600 rows")
        .contains("suspected leak: delay_minutes: alone it predicts the label with kappa 100.0")
        .doesNotContain("delivery_mode");
    PipelineSpec spec = spec();
    assertThat(spec.name()).isEqualTo("parcels");
    assertThat(spec.events().key()).containsExactly("depot");
    assertThat(spec.events().id()).contains("parcel_id");
    assertThat(spec.events().time().orElseThrow().field()).isEqualTo("planned");
    assertThat(spec.events().time().orElseThrow().outOfOrderness())
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(spec.label().fieldOrNull()).isEqualTo("late");
    assertThat(spec.label().classes()).containsExactly("no", "yes");
    assertThat(spec.label().outcome()).containsExactly("arrived", "delay_minutes");
    assertThat(columns(spec))
        .containsExactly(
            "hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "weight_kg", "delivery_mode");
    assertThat(yaml())
        .contains("note: text that is nearly always another")
        .contains("void: always missing")
        .contains("values: [\"bike\", \"drone\", \"van\"], unknown: \"unknown\"");
  }

  @Test
  void writesWhatValidateAccepts() throws Exception {
    init(InitFile.parcels(directory.resolve("parcels.csv")));

    Command validate = Command.run("validate", directory.resolve("spec.yaml"));

    assertThat(validate.exitCode()).as(validate.err()).isZero();
    assertThat(validate.out()).contains("one model set per depot").contains("is valid");
  }

  @Test
  void leavesOutWhatTellsHowLargeANumberIs() throws Exception {
    Command init = init(temperatures(), "--label", "fahrenheit");

    assertThat(init.err())
        .contains("suspected leak: celsius: alone it predicts whether the label is above");
    assertThat(columns(spec())).containsExactly("x");
  }

  @Test
  void validateWarnsOfAFeatureThatGivesTheLabelAway() throws Exception {
    Path file = InitFile.parcels(directory.resolve("parcels.csv"));
    Path spec = directory.resolve("leak.yaml");
    Files.writeString(
        spec,
        """
        name: leak
        task: classification
        label: {field: late, classes: ["no", "yes"]}
        features: [weight_kg, delay_minutes]
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        """);
    Path number = directory.resolve("number.yaml");
    Files.writeString(
        number,
        """
        name: number
        task: regression
        label: {field: fahrenheit}
        features: [x, celsius]
        slots: [{id: rules, learner: rules.AMRulesRegressor}]
        """);

    Command classes = Command.run("validate", spec, "--events", file);
    Command regression = Command.run("validate", number, "--events", temperatures());

    assertThat(classes.exitCode()).as(classes.err()).isZero();
    assertThat(classes.out().lines().filter(line -> line.startsWith("warning: ")))
        .containsExactly(
            "warning: features: 'delay_minutes' alone predicts the label with kappa 100.0 in the"
                + " first 600 labelled rows; if it is known only with the label, put its field"
                + " under label.outcome");
    assertThat(regression.exitCode()).as(regression.err()).isZero();
    assertThat(regression.out())
        .contains("'celsius' alone predicts whether the label is among the greatest quarter")
        .doesNotContain("'x' alone");
  }

  @Test
  void takesAnArffFileAsItsHeaderSays() throws Exception {
    Path file = directory.resolve("weather.arff");
    Files.writeString(
        file,
        """
        @relation weather
        @attribute sky {sun, 'light rain', on}
        @attribute "wind speed" numeric
        @attribute constant numeric
        @attribute play {yes, no}
        @data
        sun, 1, 0, yes
        'light rain', 7, 0, no
        on, ?, 0, yes
        """);

    assertThat(init(file).exitCode()).isZero();

    PipelineSpec spec = spec();
    assertThat(spec.label().fieldOrNull()).isEqualTo("play");
    assertThat(spec.label().classes()).containsExactly("yes", "no");
    assertThat(spec.events().key()).isEmpty();
    assertThat(columns(spec)).containsExactly("sky", "wind_speed", "constant");
    assertThat(spec.featureTransform().schema().columns().get(0).values())
        .containsExactly("sun", "light rain", "on");
  }

  @Test
  void followsRecordsInRecordsAndTellsWhatIsNoValue() throws Exception {
    Schema card =
        SchemaBuilder.record("Card")
            .fields()
            .requiredString("country")
            .requiredInt("age")
            .endRecord();
    Schema schema =
        SchemaBuilder.record("Payment")
            .fields()
            .requiredLong("at")
            .requiredBoolean("fraud")
            .name("tags")
            .type(SchemaBuilder.array().items().stringType())
            .noDefault()
            .name("card")
            .type(card)
            .noDefault()
            .endRecord();
    Path file = directory.resolve("payments.avro");
    try (var out = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(schema))) {
      out.create(schema, file.toFile());
      for (int i = 0; i < InitFile.ROWS; i++) {
        out.append(
            new GenericRecordBuilder(schema)
                .set("at", 1_700_000_000_000L + 1000L * ((i * 7L) % InitFile.ROWS))
                .set("fraud", i % 13 % 3 == 0)
                .set("tags", List.of())
                .set(
                    "card",
                    new GenericRecordBuilder(card)
                        .set("country", "c" + i % 4)
                        .set("age", i % 5)
                        .build())
                .build());
      }
    }

    Command init = init(file);

    assertThat(init.exitCode()).as(init.err()).isZero();
    PipelineSpec spec = spec();
    assertThat(spec.events().time().orElseThrow().field()).isEqualTo("at");
    assertThat(spec.label().classes()).containsExactly("false", "true");
    assertThat(columns(spec)).contains("card_country", "card.age");
    assertThat(yaml()).contains("tags: an array").contains("of the rows are earlier");
  }

  @Test
  void predictsANumberOfManyValuesUnlessClassesAreAskedFor() throws Exception {
    Path file = InitFile.csv(directory.resolve("m.csv"), "x,amount", row -> row % 7 + "," + row);

    assertThat(init(file).exitCode()).isZero();
    assertThat(spec().target().task()).isEqualTo(Task.REGRESSION);
    assertThat(spec().slots()).extracting(SlotSpec::id).containsExactly("rules", "tree");
    assertThat(spec().warnings()).isEmpty();
    assertThat(yaml()).contains("#   above: 449 ").contains("--above 449");
    assertThat(init(file, "--force", "--above", "99.5").exitCode()).isZero();
    assertThat(spec().target().task()).isEqualTo(Task.CLASSIFICATION);
    assertThat(spec().label().aboveOrNull()).isEqualTo(99.5);
    assertThat(init(file, "--force", "--label", "x").exitCode()).isZero();
    assertThat(spec().label().classes()).containsExactly("0", "1", "2", "3", "4", "5", "6");
  }

  @Test
  void takesTheKeyThatIsAskedFor() throws Exception {
    Path file = InitFile.parcels(directory.resolve("parcels.csv"));

    assertThat(init(file, "--key", "depot,delivery_mode").exitCode()).isZero();
    assertThat(spec().events().key()).containsExactly("depot", "delivery_mode");
    assertThat(init(file, "--force", "--key", "none").exitCode()).isZero();
    assertThat(spec().events().key()).isEmpty();
    assertThat(columns(spec())).contains("depot");
  }

  @Test
  void readsTimesOfOtherForms() throws Exception {
    Path file =
        InitFile.csv(
            directory.resolve("t.csv"),
            "when,x,label",
            row ->
                "%02d.01.2024 %02d:30,%d,%s"
                    .formatted(row / 24 + 1, row % 24, row % 9, "ab".charAt(row % 2)));

    assertThat(init(file).exitCode()).isZero();

    assertThat(spec().events().time().orElseThrow().formatOrNull()).isEqualTo("dd.MM.yyyy HH:mm");
  }

  @Test
  void replacesNothingUnasked() throws Exception {
    Path file = InitFile.parcels(directory.resolve("parcels.csv"));
    Files.writeString(directory.resolve("spec.avsc"), "mine");

    assertThat(init(file).err()).contains("spec.avsc is there already").contains("--force");

    assertThat(directory.resolve("spec.yaml")).doesNotExist();
    assertThat(directory.resolve("spec.avsc")).hasContent("mine");
    assertThat(init(file, "--force").exitCode()).isZero();
  }

  @Test
  void saysWhatIsWrongAndWhatToDo() throws Exception {
    Path parcels = InitFile.parcels(directory.resolve("parcels.csv"));
    Path same = InitFile.csv(directory.resolve("same.csv"), "x,label", row -> row + ",a");
    Path only =
        InitFile.csv(
            directory.resolve("only.csv"), "label", row -> "ab".substring(row % 2, row % 2 + 1));
    Path ids =
        InitFile.csv(directory.resolve("ids.csv"), "kind,uuid", row -> row % 3 + ",u-" + row);

    assertThat(init(parcels, "--label", "lat").err())
        .contains("--label: there is no field 'lat'; did you mean 'late'?");
    assertThat(init(parcels, "--key", "depo").err()).contains("did you mean 'depot'?");
    assertThat(init(parcels, "--label", "planned").err()).contains("'planned' is a time");
    assertThat(init(parcels, "--label", "note").err()).contains("too many to be classes");
    assertThat(init(parcels, "--label", "late", "--above", "1").err())
        .contains("--above needs a number");
    assertThat(init(parcels, "--key", "late").err()).contains("'late' is the label");
    assertThat(init(same).err()).contains("'label' is always 'a' in the first 600 rows");
    assertThat(init(only).err()).contains("no field of").contains("is left to learn from");
    assertThat(init(ids).err()).contains("name it with --label FIELD: kind");
    assertThat(init(directory.resolve("no.csv")).err()).contains("there is no file");
    assertThat(init(parcels, "--rows", "0").exitCode()).isEqualTo(2);
    assertThat(directory.resolve("spec.yaml")).doesNotExist();
  }

  /** One temperature on two scales. */
  private Path temperatures() throws IOException {
    return InitFile.csv(
        directory.resolve("n.csv"),
        "x,celsius,fahrenheit",
        row -> "%d,%d,%s".formatted(row % 7, row * 7 % 600, 32 + row * 7 % 600 * 1.8));
  }

  private Command init(Path file, String... options) {
    Object[] arguments = new Object[options.length + 4];
    arguments[0] = "init";
    arguments[1] = file;
    arguments[2] = "--out";
    arguments[3] = directory.resolve("spec.yaml");
    System.arraycopy(options, 0, arguments, 4, options.length);
    return Command.run(arguments);
  }

  private PipelineSpec spec() throws SpecException {
    return SpecLoader.load(directory.resolve("spec.yaml"));
  }

  private String yaml() throws IOException {
    return Files.readString(new File(directory.toFile(), "spec.yaml").toPath());
  }

  private static List<String> columns(PipelineSpec spec) {
    return spec.featureTransform().schema().columns().stream()
        .map(FeatureSchema.Column::name)
        .toList();
  }
}

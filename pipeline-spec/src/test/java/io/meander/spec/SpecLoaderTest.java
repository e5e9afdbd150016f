/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.FeatureSchema;
import io.meander.features.Nominal;
import io.meander.models.DriftSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.SlotSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecLoaderTest {

  @TempDir Path folder;

  @Test
  void readsTheExample() throws SpecException {
    Path example =
        Path.of(System.getProperty("meander.root"), "examples", "flights", "pipeline.yaml");

    PipelineSpec spec = SpecLoader.load(example);

    assertThat(spec.name()).isEqualTo("flight-delays");
    assertThat(spec.label().classes()).containsExactly("no", "yes");
    assertThat(spec.label().aboveOrNull()).isEqualTo(15.0);
    assertThat(spec.champion()).isEqualTo("ht");
    assertThat(spec.drift().every())
        .isEqualTo(new DriftSpec("ADWINChangeDetector -a 0.002", "ADWINChangeDetector -a 0.02"));
    assertThat(spec.frozen()).contains(new FreezeSpec.At(Instant.parse("2001-02-01T00:00:00Z")));
    assertThat(spec.featureTransform().schema().columns())
        .extracting(FeatureSchema.Column::name)
        .containsExactly(
            "distance_miles", "hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "to");
    assertThat(spec.topics().predictions()).isEqualTo("flight-delays-predictions");
    assertThat(spec.evaluation().slices()).containsExactly(List.of("destination"));
  }

  @Test
  void fillsInTheDefaults() throws SpecException {
    PipelineSpec spec = Payments.parse(Payments.SPEC);

    assertThat(spec.events().topic()).isEqualTo("payments");
    assertThat(spec.events().timeOrNull().outOfOrderness()).isEqualTo(Duration.ofSeconds(5));
    assertThat(spec.events().timeOrNull().idleAfter()).isEqualTo(Duration.ofMinutes(1));
    assertThat(spec.label().classes()).containsExactly("false", "true");
    assertThat(spec.features()).extracting(f -> f.name()).containsExactly("amount", "kind");
    assertThat(spec.slots()).containsExactly(new SlotSpec("nb", "bayes.NaiveBayes", 1));
    assertThat(spec.champion()).isEqualTo("nb");
    assertThat(spec.drift().every()).isEqualTo(DriftSpec.DEFAULT);
    assertThat(spec.frozen()).isEmpty();
    assertThat(spec.snapshots())
        .isEqualTo(new PipelineSpec.Snapshots(1000, Duration.ofSeconds(30), true));
    assertThat(spec.evaluation().window()).isEqualTo(1000);
    assertThat(spec.predictions().delivery()).isEqualTo(PipelineSpec.Delivery.AT_LEAST_ONCE);
    assertThat(spec.topics())
        .isEqualTo(
            new PipelineSpec.Topics(
                "payments-predictions",
                "payments-drift",
                "payments-evaluations",
                "payments-snapshots",
                "payments-rejects",
                "payments-control",
                "payments-control-acks"));
  }

  @Test
  void takesTheSchemaOfADataFile() throws SpecException {
    Schema.Field day = new Schema.Field("day", Schema.create(Schema.Type.STRING));
    day.addProp(Nominal.PROPERTY, List.of("1", "2"));
    Schema.Field label = new Schema.Field("class", Schema.create(Schema.Type.STRING));
    label.addProp(Nominal.PROPERTY, List.of("UP", "DOWN"));
    Schema arff = Schema.createRecord("Row", null, null, false, List.of(day, label));
    String yaml =
        """
        name: electricity
        events: {key: [day]}
        label: {field: class}
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        """;

    PipelineSpec spec = SpecLoader.parse(yaml, Payments::file, FileSchema.of(arff, FileKind.ARFF));

    assertThat(spec.label().classes()).containsExactly("UP", "DOWN");
    assertThat(spec.features()).extracting(f -> f.name()).containsExactly("day");
  }

  @Test
  void isSerialisable() throws Exception {
    PipelineSpec spec = Payments.parse(Payments.SPEC + "frozen: {after: {instances: 5}}\n");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(spec);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(spec);
    }
  }

  @Test
  void needsNoEventsPartForAFile() throws SpecException {
    PipelineSpec spec =
        SpecLoader.parse(
            """
            name: payments
            label: {field: fraud, outcome: [loss]}
            features: [amount, kind]
            slots: [{id: nb, learner: bayes.NaiveBayes}]
            """,
            Payments::file,
            new FileSchema(new Schema.Parser().parse(Payments.SCHEMA), false, null));

    assertThat(spec.events().topic()).isEqualTo("payments");
    assertThat(spec.events().key()).isEmpty();
    assertThat(spec.events().id()).isEmpty();
    assertThat(spec.events().time()).isEmpty();
  }

  @Test
  void needsATimeToFreezeAtATimeOfAFile() {
    String yaml =
        """
        name: payments
        label: {field: fraud, outcome: [loss]}
        features: [amount, kind]
        slots: [{id: nb, learner: bayes.NaiveBayes}]
        frozen: {after: 30d}
        """;
    FileSchema file = new FileSchema(new Schema.Parser().parse(Payments.SCHEMA), false, null);

    assertThatThrownBy(() -> SpecLoader.parse(yaml, Payments::file, file))
        .isInstanceOf(SpecException.class)
        .hasMessage(
            "frozen.after: the file's rows have no time: name its field in events.time, or use"
                + " {after: {instances: N}}");
  }

  @Test
  void keepsTheSchemaThatTheSpecNames() throws SpecException {
    Schema other = Schema.createRecord("Row", null, null, false, List.of());

    PipelineSpec spec =
        SpecLoader.parse(Payments.SPEC, Payments::file, new FileSchema(other, false, null));

    assertThat(spec.events().schema().getName()).isEqualTo("Payment");
  }

  @Test
  void readsTheSchemaBesideTheSpec() throws Exception {
    Files.writeString(folder.resolve("payment.avsc"), Payments.SCHEMA);
    Path file = Files.writeString(folder.resolve("pipeline.yaml"), Payments.SPEC);

    assertThat(SpecLoader.load(file)).isEqualTo(Payments.parse(Payments.SPEC));
  }

  @Test
  void saysWhatIsWrongWithTheFile() throws Exception {
    String empty =
        "the spec: is empty; it needs at least name, events, label and slots: see docs/spec.md";
    Payments.assertErrors("", empty);
    Payments.assertErrors("# only a comment\n", empty);
    Payments.assertErrors(
        Payments.SPEC + "name: payments\n",
        "name: this key is there twice, in line 1 and line 6; keep one");
    Payments.assertErrors(
        "name: [a\n",
        "line 2, column 1: not valid YAML: while parsing a flow sequence of line 1, expected ',' or"
            + " ']', but got <stream end>");
    assertRefused(folder.resolve("none.yaml"), "there is no such file");
    assertRefused(folder, "is a directory, not a spec");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertRefused(binary, "is not UTF-8 text");
  }

  @Test
  void saysWhatIsWrongWithTheSchemasPath() throws Exception {
    Files.createDirectory(folder.resolve("dir"));
    Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff});
    assertSchemaRefused("\"a\\0b\"", "'a\0b' is not a path: Nul character not allowed");
    assertSchemaRefused("binary", "'binary' is not UTF-8 text, so not an Avro schema (.avsc)");
    assertSchemaRefused("dir", "cannot read 'dir': Is a directory");
  }

  private void assertSchemaRefused(String schema, String message) throws IOException {
    Path spec = folder.resolve("pipeline.yaml");
    Files.writeString(spec, Payments.SPEC.replace("payment.avsc", schema));

    assertThatThrownBy(() -> SpecLoader.load(spec))
        .isInstanceOf(SpecException.class)
        .hasMessage("events.schema: " + message);
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> SpecLoader.load(file))
        .isInstanceOf(SpecException.class)
        .hasMessage(file + ": " + message);
  }
}

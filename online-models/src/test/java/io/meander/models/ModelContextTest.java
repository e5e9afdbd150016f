/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.FeatureLayout;
import io.meander.features.FeatureSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Models of an earlier feature schema go on beside those of the newest. */
class ModelContextTest {

  private static final int HALF = 1500;
  private static final Stream ROWS = drifting();
  private static final ModelContext BEFORE = ROWS.context();
  private static final DriftSpec REPLACING =
      new DriftSpec("DDM", null)
          .with(DriftSpec.OnWarning.START_BACKGROUND, DriftSpec.OnDrift.REPLACE);

  /** The third column is gone, and one is new. */
  private static final ModelContext AFTER =
      new ModelContext(BEFORE.layout().followedBy(changed(BEFORE.features())), BEFORE.target());

  /** What was one class is the other from the 700th row on. */
  private static Stream drifting() {
    Stream stream = Stream.generated("generators.AgrawalGenerator -f 1 -i 3", 2 * HALF);
    List<Stream.Row> rows = new ArrayList<>(stream.rows());
    for (int i = 700; i < rows.size(); i++) {
      rows.set(i, new Stream.Row(rows.get(i).features(), 1 - rows.get(i).label()));
    }
    return new Stream(stream.context(), rows);
  }

  private static FeatureSchema changed(FeatureSchema schema) {
    List<FeatureSchema.Column> columns = new ArrayList<>(schema.columns());
    columns.remove(2);
    columns.add(1, FeatureSchema.Column.numeric("twice"));
    return new FeatureSchema(columns);
  }

  @Test
  void aVectorOfTheLayoutBeginsWithThatOfTheEarlierOne() {
    double[] vector = after(ROWS.rows().get(0)).features();

    assertThat(AFTER.layout().size()).isEqualTo(BEFORE.features().size() + 1);
    assertThat(AFTER.header(BEFORE.fingerprint()).instance(vector).toDoubleArray())
        .startsWith(ROWS.rows().get(0).features())
        .hasSize(BEFORE.features().size() + 1);
    double[] under = AFTER.instance(vector).toDoubleArray();
    assertThat(under[0]).isEqualTo(vector[0]);
    assertThat(under[1]).isEqualTo(2 * vector[0]);
    assertThat(under[2]).isEqualTo(vector[1]);
    assertThat(under[3]).isEqualTo(vector[3]);
    assertThat(AFTER.instance(ROWS.rows().get(0).features()).isMissing(1)).isTrue();
  }

  @Test
  void whatAModelWasGivenIsByTheColumnsOfItsOwnSchema() {
    double[] vector = after(ROWS.rows().get(0)).features();
    vector[1] = Double.NaN;
    FeatureSchema schema = BEFORE.features();

    ServedFeatures old = AFTER.served(schema, vector);
    ServedFeatures newest = AFTER.served(AFTER.features(), vector);

    assertThat(old.names())
        .isEqualTo(schema.columns().stream().map(FeatureSchema.Column::name).toList());
    assertThat(newest.names()).contains("twice").hasSameSizeAs(old.names());
    assertThat(newest.byName()).containsEntry("twice", 2 * vector[0]);
    for (int i = 0; i < schema.size(); i++) {
      FeatureSchema.Column column = schema.columns().get(i);
      Object expected =
          i == 1
              ? null
              : column.isNominal() ? column.values().get((int) vector[i]) : (Object) vector[i];
      assertThat(old.values().get(i)).isEqualTo(expected);
      if (i != 2) { // which the newest lacks
        assertThat(newest.byName()).containsEntry(column.name(), expected);
      }
    }
    assertThat(schema.columns()).anyMatch(FeatureSchema.Column::isNominal);
    // Those that were stored before the new column was there lack it.
    assertThat(AFTER.served(AFTER.features(), ROWS.rows().get(0).features()).byName())
        .containsEntry("twice", null);
    assertThatThrownBy(() -> BEFORE.served(AFTER.features(), vector))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(AFTER.fingerprint());
  }

  @Test
  void whatWasThereLearnsOnAsIfNothingHadHappenedAndWhatIsFreshFromTheNewest() {
    Learning undisturbed = new Learning(BEFORE, deployment(1, BEFORE, "s0"));
    undisturbed.learnAll(ROWS.rows());
    assertThat(undisturbed.set.slot("s0").incarnation())
        .as("it was replaced by a background learner")
        .isGreaterThan(1);

    Learning first = new Learning(BEFORE, deployment(1, BEFORE, "s0"));
    first.learnAll(ROWS.rows().subList(0, HALF));
    Learning second = new Learning(AFTER, deployment(2, AFTER, "s0", "s1"));
    second.set =
        new ModelSetCodec(AFTER)
            .read("all", new ModelSetCodec(BEFORE).write(first.set).bytes())
            .set();
    LearnerCodec codec = new LearnerCodec(AFTER);
    FactWriter log = new FactWriter(AFTER);
    byte[] image = null;
    int logged = 0;
    for (Stream.Row row : ROWS.rows().subList(HALF, 2 * HALF)) {
      second.learn(after(row));
      if (second.set.labels() == HALF + 300) {
        image = new ModelSetCodec(AFTER).write(second.set).bytes();
        logged = second.facts.size();
      }
    }

    assertThat(second.set.slot("s1").features()).isEqualTo(AFTER.features());
    assertThat(second.set.slot(SlotSpec.FROZEN).features()).isEqualTo(BEFORE.features());
    assertThat(codec.writeCanonical(second.set.slot(SlotSpec.FROZEN)))
        .isEqualTo(new LearnerCodec(BEFORE).writeCanonical(undisturbed.set.slot(SlotSpec.FROZEN)));
    assertThat(second.set.slot("s0").score().figure(Figure.ACCURACY)).isPositive();

    ModelSet restored = new ModelSetCodec(AFTER).read("all", image).set();
    for (Fact fact : second.facts.subList(logged, second.facts.size())) {
      new Reducer(AFTER).apply(restored, fact);
      log.add(restored, fact);
    }
    ModelSet replayed = new ModelSetCodec(AFTER).read("all", image).set();
    new Replay(AFTER, new Reducer(AFTER))
        .run(replayed, List.of(log.close(0, new LogCompression())));
    for (Slot slot : second.set.slots()) {
      assertThat(codec.writeCanonical(replayed.slot(slot.id())))
          .isEqualTo(codec.writeCanonical(slot));
      assertThat(replayed.slot(slot.id()).features()).isEqualTo(slot.features());
    }
  }

  @Test
  void aLogOfTheEarlierSchemaIsReplayedUnderIt() {
    Learning whole = new Learning(BEFORE, deployment(1, BEFORE, "s0"));
    whole.learnAll(ROWS.rows());
    ModelSet set = new ModelSet("all", BEFORE.target());
    FactWriter log = new FactWriter(BEFORE);
    for (Fact fact : whole.facts) {
      new Reducer(BEFORE).apply(set, fact);
      log.add(set, fact);
    }
    ModelSet replayed = new ModelSet("all", AFTER.target());
    new Replay(AFTER, new Reducer(AFTER))
        .run(replayed, List.of(log.close(0, new LogCompression())));

    assertThat(replayed.slots()).hasSameSizeAs(whole.set.slots());
    for (Slot slot : replayed.slots()) {
      assertThat(slot.features()).isEqualTo(BEFORE.features());
      assertThat(new LearnerCodec(AFTER).writeCanonical(slot))
          .isEqualTo(new LearnerCodec(BEFORE).writeCanonical(whole.set.slot(slot.id())));
    }
  }

  @Test
  void whatBeginsAnewTakesTheNewestSchema() {
    Learning first = new Learning(BEFORE, deployment(1, BEFORE, "s0"));
    first.learnAll(ROWS.rows().subList(0, HALF));
    ModelSet set =
        new ModelSetCodec(AFTER)
            .read("all", new ModelSetCodec(BEFORE).write(first.set).bytes())
            .set();
    new Reducer(AFTER).apply(set, new Fact.Restarted(set.slot("s0").spec()));

    assertThat(set.slot("s0").features()).isEqualTo(AFTER.features());
    assertThat(set.watches.get(0).isOf(AFTER.newest())).isTrue();
  }

  @Test
  void aWatchOfAColumnThatIsAnotherNowBeginsAnew() {
    FeatureSchema schema = BEFORE.features();
    List<FeatureSchema.Column> columns = new ArrayList<>(schema.columns());
    columns.set(0, new FeatureSchema.Column(columns.get(0).name(), List.of(), "another"));
    ModelContext other =
        new ModelContext(BEFORE.layout().followedBy(new FeatureSchema(columns)), BEFORE.target());
    Learning first = new Learning(BEFORE, deployment(1, BEFORE, "s0"));
    first.learnAll(ROWS.rows().subList(0, HALF));
    ModelSet set =
        new ModelSetCodec(other)
            .read("all", new ModelSetCodec(BEFORE).write(first.set).bytes())
            .set();
    assertThat(set.watches.get(0).isOf(other.newest())).isFalse();

    Reducer reducer = new Reducer(other);
    reducer
        .decideReconciled(set, deployment(2, other, "s0"), 0, KeptVersions.NONE)
        .forEach(fact -> reducer.apply(set, fact));

    assertThat(set.watches.get(0).isOf(other.newest())).isTrue();
  }

  @Test
  void anUnknownSchemaIsRefused() {
    Learning first = new Learning(AFTER, deployment(1, AFTER, "s0"));
    first.learn(after(ROWS.rows().get(0)));
    byte[] payload = new LearnerCodec(AFTER).write(first.set.slot("s0"));

    assertThatThrownBy(() -> new LearnerCodec(BEFORE).read(payload))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("was learned under feature schema " + AFTER.fingerprint());
  }

  @Test
  void schemasThatCameTwiceAddTheirColumnsOnce() {
    FeatureLayout layout =
        AFTER.layout().followedBy(BEFORE.features()).followedBy(AFTER.features());

    assertThat(layout.size()).isEqualTo(AFTER.layout().size());
    assertThat(layout.newest()).isEqualTo(AFTER.features());
    assertThat(new ModelContext(layout, AFTER.target()).headers()).hasSize(2);
  }

  private static Stream.Row after(Stream.Row row) {
    double[] vector = Arrays.copyOf(row.features(), row.features().length + 1);
    vector[row.features().length] = 2 * row.features()[0];
    return new Stream.Row(vector, row.label());
  }

  private static Deployment deployment(long generation, ModelContext context, String... slots) {
    String column = context.features().columns().get(0).name();
    return new Deployment(
        generation,
        Arrays.stream(slots).map(id -> new SlotSpec(id, "trees.HoeffdingTree -g 50", 1)).toList(),
        "s0",
        new DriftPolicies(REPLACING)
            .watching(
                List.of(
                    new FeatureWatchSpec(
                        column, FeatureWatchSpec.Measure.VALUE, "ADWINChangeDetector -a 0.002"))),
        new FreezeSpec.AfterInstances(1000));
  }
}

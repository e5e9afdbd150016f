/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.FeatureSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.api.Test;

class UpdateLogTest {

  private static final LogCompression COMPRESSION = new LogCompression();

  /** AssertJ's own would let doubles differ a little, and NaN from NaN. */
  private static final RecursiveComparisonConfiguration BIT_BY_BIT =
      RecursiveComparisonConfiguration.builder()
          .withComparatorForType(Double::compare, Double.class)
          .build();

  private static final ModelContext CONTEXT =
      new ModelContext(
          new FeatureSchema(
              List.of(
                  FeatureSchema.Column.numeric("a"),
                  FeatureSchema.Column.numeric("b"),
                  FeatureSchema.Column.numeric("c"),
                  FeatureSchema.Column.numeric("d"),
                  FeatureSchema.Column.numeric("e"))),
          List.of("no", "yes", "maybe"));

  @Property(tries = 300)
  void everyFactComesBackAsItWas(@ForAll("factLists") List<Fact> facts) {
    FactWriter writer = new FactWriter(CONTEXT);
    ModelSet set = new ModelSet("k", Learning.THREE);
    set.position = 41;
    for (Fact fact : facts) {
      set.position++;
      writer.add(set, fact);
    }
    assertThat(writer.facts()).isEqualTo(facts.size());

    FactReader.Chunk chunk = FactReader.read(CONTEXT, writer.close(0, COMPRESSION));

    assertThat(chunk.position()).isEqualTo(facts.isEmpty() ? 0 : 41);
    assertThat(chunk.facts())
        .usingRecursiveFieldByFieldElementComparator(BIT_BY_BIT)
        .containsExactlyElementsOf(facts);
    assertThat(writer.isEmpty()).isTrue();
  }

  @Test
  void replayingChunksOnAnImageGivesTheSameModels() {
    Stream stream = Stream.generated("generators.AgrawalGenerator -f 2", 3000);
    Learning learning =
        new Learning(
            stream.context(),
            Learning.deployment(
                new FreezeSpec.AfterInstances(900),
                "trees.HoeffdingAdaptiveTree -g 50",
                "meta.OzaBagAdwin -s 3"));
    ModelSetCodec codec = new ModelSetCodec(stream.context());
    FactWriter writer = new FactWriter(stream.context());
    Random random = new Random(2);
    byte[] image = null;
    List<byte[]> log = new ArrayList<>();
    int logged = 0;
    for (Stream.Row row : stream.rows()) {
      learning.learn(row);
      // The set's position counts the facts; the writer is told of each as if just applied.
      ModelSet counter = new ModelSet("all", Learning.TWO);
      for (; logged < learning.facts.size(); logged++) {
        counter.position = logged + 1L;
        writer.add(counter, learning.facts.get(logged));
      }
      if (random.nextInt(60) == 0) {
        log.add(writer.close(0, COMPRESSION));
      }
      if (random.nextInt(700) == 0) {
        image = codec.write(learning.set).bytes();
        log.clear();
        writer.clear();
      }
    }
    if (!writer.isEmpty()) {
      log.add(writer.close(0, COMPRESSION));
    }

    ModelSet loaded =
        image == null ? new ModelSet("all", Learning.TWO) : codec.read("all", image).set();
    new Replay(stream.context(), learning.reducer).run(loaded, log);

    assertThat(image).isNotNull();
    assertThat(log).isNotEmpty();
    assertThat(loaded.position()).isEqualTo(learning.facts.size());
    assertThat(codec.write(loaded).bytes())
        .isEqualTo(codec.write(codec.read("all", codec.write(learning.set).bytes()).set()).bytes());
  }

  @Test
  void refusesAGapInTheLog() {
    Stream stream = Stream.generated("generators.SEAGenerator", 10);
    Learning learning = Learning.of(stream.context(), "bayes.NaiveBayes");
    FactWriter writer = new FactWriter(stream.context());
    learning.learnAll(stream.rows());
    ModelSet counter = new ModelSet("all", Learning.TWO);
    counter.position = 6;
    writer.add(counter, learning.facts.get(5));

    assertThatThrownBy(
            () ->
                new Replay(stream.context(), learning.reducer)
                    .run(new ModelSet("all", Learning.TWO), List.of(writer.close(0, COMPRESSION))))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "has a log chunk that begins after fact 5, where fact 0 was the last one known");
  }

  @Test
  void refusesChunksThatWereChangedOrCutOff() {
    byte[] chunk = chunk();
    Random random = new Random(9);
    for (int i = 0; i < 500; i++) {
      byte[] changed = chunk.clone();
      changed[FactWriter.HEADER + random.nextInt(chunk.length - FactWriter.HEADER)] ^=
          (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> FactReader.read(CONTEXT, changed))
          .isInstanceOf(ModelFormatException.class);
      byte[] cut = Arrays.copyOf(chunk, random.nextInt(chunk.length));
      assertThatThrownBy(() -> FactReader.read(CONTEXT, cut))
          .isInstanceOf(ModelFormatException.class);
    }
  }

  @Test
  void refusesAnotherFormatLearningVersionOrSchema() {
    byte[] format = chunk();
    format[1] = 7;
    assertThatThrownBy(() -> FactReader.read(CONTEXT, format))
        .hasMessage("is a log chunk of format 7, this release reads 1");
    byte[] version = chunk();
    version[3] = 9;
    assertThatThrownBy(() -> FactReader.read(CONTEXT, version))
        .hasMessageStartingWith("is a log chunk of learning version 9, this release replays");
    ModelContext other =
        new ModelContext(
            new FeatureSchema(List.of(FeatureSchema.Column.numeric("z"))), List.of("no", "yes"));
    assertThatThrownBy(() -> FactReader.read(other, chunk()))
        .hasMessageContaining("is a log chunk of feature schema " + CONTEXT.fingerprint());
  }

  @Test
  void takesFewBytesForAnInstance() {
    Stream stream = Stream.generated("generators.AgrawalGenerator", 1000);
    Learning learning = Learning.of(stream.context(), "bayes.NaiveBayes");
    learning.learnAll(stream.rows());
    FactWriter writer = new FactWriter(stream.context());
    ModelSet counter = new ModelSet("all", Learning.TWO);
    for (Fact fact : learning.facts) {
      counter.position++;
      writer.add(counter, fact);
    }
    // Nine attributes; as doubles they alone would take 72 bytes.
    assertThat(writer.close(0, COMPRESSION).length / 1000.0).isLessThan(48);
  }

  private static byte[] chunk() {
    FactWriter writer = new FactWriter(CONTEXT);
    ModelSet set = new ModelSet("k", Learning.THREE);
    set.position = 1;
    writer.add(
        set,
        new Fact.Learned(
            new double[] {1, Double.NaN, 0.5, Math.PI, -3},
            2,
            1,
            1000,
            new Fact.Outcome[] {new Fact.Outcome("s", 1, 0, 0.25)},
            0,
            1));
    return writer.close(0, COMPRESSION);
  }

  @Provide
  Arbitrary<List<Fact>> factLists() {
    Arbitrary<String> slot = Arbitraries.of("a", "b", "größe");
    Arbitrary<Long> time = Arbitraries.longs();
    Arbitrary<Double> value =
        Arbitraries.oneOf(
            Arbitraries.just(Double.NaN),
            Arbitraries.integers().between(-100, 100).map(i -> (double) i),
            Arbitraries.of(-0.0, 0.1, 0.5, 1e300, Double.MIN_VALUE, (double) (1L << 40)),
            Arbitraries.longs().map(Double::longBitsToDouble));
    Arbitrary<Fact> learned =
        Combinators.combine(
                value.array(double[].class).ofSize(5),
                Arbitraries.integers().between(0, 2),
                Arbitraries.doubles().between(0.01, 10),
                time,
                Combinators.combine(slot, Arbitraries.longs().between(1, 1000), value)
                    .as((s, life, p) -> new Fact.Outcome(s, life, 1, p))
                    .array(Fact.Outcome[].class)
                    .ofMaxSize(4),
                Arbitraries.integers().between(Answer.COMBINED, 3),
                Arbitraries.integers().between(0, 2),
                Combinators.combine(slot, Arbitraries.doubles().between(0.01, 10))
                    .as(Fact.SlotWeight::new)
                    .array(Fact.SlotWeight[].class)
                    .ofMaxSize(2))
            .as(Fact.Learned::new);
    Arbitrary<Fact> added =
        Combinators.combine(slot, Arbitraries.integers(), time)
            .as(
                (s, seed, at) ->
                    new Fact.SlotAdded(new SlotSpec(s, "bayes.NaiveBayes", seed), drift(seed), at));
    Arbitrary<Fact> others =
        Combinators.combine(slot, time, Arbitraries.integers().between(0, 18))
            .as(
                (s, at, kind) ->
                    switch (kind) {
                      case 0 -> new Fact.Born(at);
                      case 1 -> new Fact.SlotRetired(s);
                      case 2 -> new Fact.Reconciled(at, s, policy(at), List.of(s, "b"));
                      case 3 ->
                          new Fact.Drifted(s, DriftSignal.Level.WARNING, DriftSignal.Action.ALERT);
                      case 4 -> new Fact.Frozen("frozen@" + s, s);
                      case 5 -> new Fact.NoTwin(s);
                      case 6 ->
                          new Fact.Drifted(
                              s, DriftSignal.Level.DRIFT, DriftSignal.Action.SWITCH, "b");
                      case 7 -> new Fact.Restarted(new SlotSpec(s, "lazy.kNN", kind));
                      case 8 -> new Fact.BackgroundStarted(new SlotSpec(s, "lazy.kNN", kind));
                      case 9 -> new Fact.BackgroundDropped(s);
                      case 10 -> new Fact.Replaced(s);
                      case 11 -> new Fact.Promoted(s, cause(at));
                      case 12 -> new Fact.Boosted(s, 1.0 / kind, at >>> 1);
                      case 13 -> new Fact.FeatureDrifted(watch(s, at));
                      case 14 -> new Fact.FeaturesWatched(List.of(watch(s, at), watch("x", ~at)));
                      case 15 -> new Fact.Watched(s, drift(at.intValue()));
                      case 16 -> new Fact.Paused(s, at % 2 == 0);
                      case 17 ->
                          new Fact.RolledBack(
                              s, at >>> 1, at >>> 3, new byte[Math.floorMod(at, 700)]);
                      default -> new Fact.Published(s, PublishCause.TIME, at);
                    });
    return Arbitraries.oneOf(learned, added, others).list().ofMaxSize(40);
  }

  private static ServePolicy policy(long seed) {
    return new ServePolicy(
        List.of(ServePolicy.Kind.values()).get(Math.floorMod(seed, 3)),
        1 + Math.floorMod(seed, 1000),
        1.0 / (1 + Math.floorMod(seed, 7)),
        switch (Math.floorMod(seed, 3)) {
          case 0 -> ServePolicy.FIRST_MAXIMUM;
          case 1 -> new Decision.Threshold(1, 1.0 / (1 + Math.floorMod(seed, 7)));
          default -> new Decision.LeastCost(List.of(0.0, 1.0, 5.5, 0.0));
        },
        new ServePolicy.Guard(
            Math.floorMod(seed, 10) / 10.0, Math.floorMod(seed, 99), Math.floorMod(seed, 9)));
  }

  private static FeatureWatchSpec watch(String column, long seed) {
    return new FeatureWatchSpec(
        column,
        List.of(FeatureWatchSpec.Measure.values()).get(Math.floorMod(seed, 2)),
        seed % 3 == 0 ? "DDM" : "CusumDM -n 10");
  }

  private static Fact.Promoted.Cause cause(long seed) {
    return List.of(Fact.Promoted.Cause.values()).get(Math.floorMod(seed, 4));
  }

  private static DriftSpec drift(int seed) {
    return new DriftSpec(
        "DDM",
        seed % 2 == 0 ? null : "EDDM",
        List.of(DriftSpec.Signal.values()).get(Math.floorMod(seed, 3)),
        List.of(DriftSpec.OnWarning.values()).get(Math.floorMod(seed, 2)),
        List.of(DriftSpec.OnDrift.values()).get(Math.floorMod(seed, 5)),
        new DriftSpec.Boost(0.1 + Math.floorMod(seed, 7), 1 + Math.floorMod(seed, 9)),
        1 + Math.floorMod(seed, 1000));
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import moa.classifiers.core.driftdetection.ChangeDetector;
import moa.options.ClassOption;
import moa.options.OptionHandler;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One contract for every detector of MOA: accepted and exact, or refused with the reason. Those
 * accepted alarm through {@link DriftWatch} where a detector of their kind alarms by itself.
 */
class DetectorsTest {

  /** Every detector of MOA that is refused, and why. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "EnsembleDriftDetectionMethods", "alarms where nothing changes",
          "HDDM_W_Test", "shares its state with every other detector of its kind",
          "SEEDChangeDetector", "cannot be stored: ",
          "STEPD", "needs a library that Meander leaves out (weka/core/Statistics)",
          "SeqDrift1ChangeDetector", "cannot be stored: ",
          "SeqDrift2ChangeDetector", "cannot be stored: ");

  private static final int DRIFT_AT = 20_000;

  /** 0 for a hit, 1 for a miss of a NaiveBayes that is never reset. */
  private static double[] drifting;

  private static double[] steady;

  @BeforeAll
  static void errors() {
    drifting =
        errors(
            "ConceptDriftStream -s (generators.AgrawalGenerator -f 1)"
                + " -d (generators.AgrawalGenerator -f 3) -p 20000 -w 1",
            2 * DRIFT_AT);
    steady = errors("generators.AgrawalGenerator -f 1", 2 * DRIFT_AT);
  }

  @Test
  void refusesWithTheReasonWhatIsNotExact() {
    Map<String, String> refused = new TreeMap<>();
    for (String name : Detectors.names()) {
      try {
        Detectors.check(name);
      } catch (OptionStringException e) {
        refused.put(name, e.getMessage());
      }
    }

    assertThat(refused).containsOnlyKeys(REFUSED.keySet());
    assertThat(refused)
        .allSatisfy(
            (name, message) ->
                assertThat(message).startsWith("'" + name + "' " + REFUSED.get(name)));
  }

  @Test
  void findsWhatIsNotExactWithinAnother() {
    assertThatCode(() -> Detectors.check("EnsembleDriftDetectionMethods -c DDM,EDDM -l min"))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> Detectors.check("EnsembleDriftDetectionMethods -c DDM,HDDM_W_Test -l min"))
        .hasMessageEndingWith("shares its state with every other detector of its kind");
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void continuesExactlyWhereverItIsStored(String name) {
    ChangeDetector whole = Detectors.create(name);
    ChangeDetector twin = Detectors.create(name);
    ChangeDetector stored = Detectors.create(name);
    Random random = new Random(5);
    for (int i = 15_000; i < 25_000; i++) {
      if (random.nextInt(300) == 0) {
        stored = JavaObjects.copy(stored, ChangeDetector.class, null);
      }
      whole.input(drifting[i]);
      twin.input(drifting[i]);
      stored.input(drifting[i]);
      assertThat(answer(twin)).isEqualTo(answer(whole));
      assertThat(answer(stored)).isEqualTo(answer(whole));
    }
    byte[] bytes = canonical(whole);
    assertThat(canonical(twin)).isEqualTo(bytes);
    assertThat(canonical(stored)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void alarmsThroughTheWatchWhereMoaAlarms(String name) {
    assertThat(watched(name, drifting)).isEqualTo(merged(plain(name, drifting)));
    assertThat(watched(name, steady)).isEqualTo(merged(plain(name, steady)));
  }

  /** The first positions that MOA 2024.07.0 was measured to have on this stream. */
  @ParameterizedTest
  @CsvSource({
    "ADWINChangeDetector -a 0.002, 20064",
    "DDM, 20234",
    "HDDM_A_Test, 20025",
    "CusumDM, 20111"
  })
  void alarmsAtTheMeasuredPosition(String optionString, long position) {
    assertThat(watched(optionString, drifting)).startsWith(position);
    assertThat(watched(optionString, steady)).isEmpty();
  }

  @Test
  void adwinRepeatsItselfAndIsMerged() {
    assertThat(plain("ADWINChangeDetector -a 0.002", drifting))
        .containsExactly(20_064L, 20_096L, 20_128L);
    assertThat(watched("ADWINChangeDetector -a 0.002", drifting)).containsExactly(20_064L);
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void knowsWhatWarnsAndWhatTakesOnlyHitsAndMisses(String name) {
    ChangeDetector misses = Detectors.create(name);
    ChangeDetector fractions = Detectors.create(name);
    boolean warned = false;
    boolean heedsMisses = false;
    boolean heedsFractions = false;
    for (double error : drifting) {
      misses.input(error);
      fractions.input(error * 0.9);
      warned |= misses.getWarningZone();
      heedsMisses |= misses.getChange();
      heedsFractions |= fractions.getChange();
    }
    assertThat(Detectors.warns(name)).isEqualTo(warned);
    if (!Detectors.takesOnlyHitsAndMisses(name)) {
      assertThat(heedsFractions).isEqualTo(heedsMisses);
    }
  }

  @ParameterizedTest
  @EnumSource(value = DriftSpec.Signal.class, names = "SCORE", mode = EnumSource.Mode.EXCLUDE)
  void watchesTheSignalThatIsAskedFor(DriftSpec.Signal signalled) {
    DriftSpec defaults = new DriftSpec("PageHinkleyDM -l 5 -d 0.01", null);
    DriftWatch watch =
        new DriftWatch(
            new DriftSpec(
                defaults.detector(),
                null,
                signalled,
                defaults.onWarning(),
                defaults.onDrift(),
                defaults.boost(),
                defaults.backgroundInstances()),
            Learning.TWO);
    ChangeDetector plain = Detectors.create(defaults.detector());
    Random random = new Random(4);
    int alarms = 0;
    for (int i = 0; i < 2000; i++) {
      // The true class's vote falls; every third prediction is wrong all along.
      double vote = random.nextDouble() * (i < 1000 ? 1 : 0.3);
      boolean miss = i % 3 == 0;
      double error = miss ? 1 : 0;
      double signal = Learning.TWO.signal(signalled, error, i == 500 ? 0 : vote, null);
      watch.add(error, signal, 200L * i);
      plain.input(
          switch (signalled) {
            case ERROR -> miss ? 1 : 0;
            case LOG_LOSS -> i == 500 ? 1 : Math.min(1, -Math.log(vote) / Math.log(1000));
            case ABSOLUTE_ERROR -> i == 500 ? 1 : 1 - vote;
            case SCORE -> throw new IllegalArgumentException("classes have no score");
          });
      assertThat(watch.raised() == DriftSignal.Level.DRIFT).isEqualTo(plain.getChange());
      assertThat(watch.detector().getEstimation()).isCloseTo(plain.getEstimation(), within(1e-9));
      alarms += plain.getChange() ? 1 : 0;
    }
    assertThat(alarms > 0).isEqualTo(signalled != DriftSpec.Signal.ERROR);
  }

  @Test
  void knowsLearnersThatAdaptByThemselves() {
    assertThat(SelfAdapting.isOne("moa.classifiers.trees.HoeffdingAdaptiveTree -g 50")).isTrue();
    assertThat(SelfAdapting.isOne("meta.OzaBag -l (trees.HoeffdingTree -g 50)")).isFalse();
    assertThat(SelfAdapting.isOne("trees.FIMTDD -g 50")).isTrue();
    assertThat(SelfAdapting.isOne("rules.functions.TargetMean")).isFalse();
    assertThat(Learners.names())
        .extracting(name -> name.substring(name.lastIndexOf('.') + 1))
        .containsAll(SelfAdapting.NAMES);
  }

  static Stream<String> accepted() {
    return Detectors.names().stream().filter(name -> !REFUSED.containsKey(name));
  }

  /** Of a NaiveBayes that is never reset. */
  static double[] errors(String generator, int rows) {
    io.meander.models.Stream stream = io.meander.models.Stream.generated(generator, rows);
    Learner learner = Learners.create(new SlotSpec("s", "bayes.NaiveBayes", 1), stream.context());
    double[] errors = new double[stream.rows().size()];
    for (int i = 0; i < errors.length; i++) {
      var row = stream.rows().get(i);
      var instance = stream.context().instance(row.features());
      errors[i] = Votes.predicted(learner.votes(instance)) == row.label() ? 0 : 1;
      instance.setClassValue(row.label());
      learner.train(instance);
    }
    return errors;
  }

  /** Positions of the alarms of a detector that MOA alone made, from 1. */
  private static List<Long> plain(String name, double[] errors) {
    ChangeDetector detector;
    try {
      detector = (ChangeDetector) ClassOption.cliStringToObject(name, ChangeDetector.class, null);
    } catch (Exception e) {
      throw new IllegalArgumentException(name, e);
    }
    ((OptionHandler) detector).prepareForUse();
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < errors.length; i++) {
      detector.input(errors[i]);
      if (detector.getChange()) {
        positions.add(i + 1L);
      }
    }
    return positions;
  }

  private static List<Long> merged(List<Long> positions) {
    List<Long> first = new ArrayList<>();
    long last = -DriftWatch.REPEAT_WITHIN - 1;
    for (long position : positions) {
      if (position - last > DriftWatch.REPEAT_WITHIN) {
        first.add(position);
      }
      last = position;
    }
    return first;
  }

  private static List<Long> watched(String name, double[] errors) {
    DriftWatch watch = new DriftWatch(new DriftSpec(name, null), Learning.TWO);
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < errors.length; i++) {
      watch.add(errors[i], errors[i], i + 1L);
      if (watch.raised() == DriftSignal.Level.DRIFT) {
        positions.add(i + 1L);
      }
      watch.dealtWith();
    }
    return positions;
  }

  private static List<Object> answer(ChangeDetector detector) {
    return List.of(
        detector.getChange(),
        detector.getWarningZone(),
        Double.doubleToLongBits(detector.getEstimation()));
  }

  private static byte[] canonical(ChangeDetector detector) {
    return JavaObjects.write(JavaObjects.copy(detector, ChangeDetector.class, null), null);
  }
}

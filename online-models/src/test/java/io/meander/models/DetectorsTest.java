/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One contract for every detector of MOA: accepted and exact, or refused with the reason. Those
 * accepted alarm through {@link DriftWatch} where a detector of their kind alarms by itself.
 */
class DetectorsTest {

  /** Every detector of MOA that is refused, and why. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "EnsembleDriftDetectionMethods", "alarms where nothing changes",
          "SEEDChangeDetector", "cannot be stored: ",
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
  @MethodSource("runnable")
  void alarmsThroughTheWatchWhereMoaAlarms(String name) {
    assertThat(watched(name, drifting)).isEqualTo(merged(plain(name, drifting)));
    assertThat(watched(name, steady)).isEqualTo(merged(plain(name, steady)));
  }

  /** The first positions that MOA 2024.07.0 was measured to have on this stream. */
  @ParameterizedTest
  @CsvSource({
    "ADWINChangeDetector -a 0.002, 20064",
    "CusumDM, 20111",
    "DDM, 20234",
    "GeometricMovingAverageDM -l 0.2, 20069",
    "HDDM_A_Test, 20025",
    "HDDM_W_Test, 20025",
    "PageHinkleyDM, 20420",
    "RDDM, 20135",
    "STEPD -o 0.0001 -w 0.001, 20021"
  })
  void alarmsAtTheMeasuredPosition(String optionString, long position) {
    assertThat(watched(optionString, drifting)).startsWith(position);
    assertThat(watched(optionString, steady)).isEmpty();
  }

  /**
   * As measured: these alarm before the drift too, and at the same places of the stream without.
   */
  @ParameterizedTest
  @CsvSource({"EDDM, 559, 21394", "EWMAChartDM, 559, 20018", "STEPD, 6978, 20018"})
  void alarmsAtTheMeasuredPositionsBesidesFalseAlarms(
      String optionString, long first, long afterTheDrift) {
    List<Long> alarms = watched(optionString, drifting);
    assertThat(alarms).startsWith(first);
    assertThat(alarms).filteredOn(at -> at > DRIFT_AT).startsWith(afterTheDrift);
    assertThat(watched(optionString, steady)).startsWith(first);
  }

  /** Every drift, and the numbers of warnings, that MOA with Weka 3.9.6 was measured to have. */
  @Test
  void stepdAlarmsAndWarnsWhereMoaWithWekaDoes() {
    Walk drifted = Walk.of(Detectors.create("STEPD"), drifting);
    assertThat(drifted.drifts)
        .containsExactly(
            6978L, 9049L, 16_192L, 18_167L, 20_018L, 23_067L, 27_547L, 29_385L, 37_640L, 39_622L);
    assertThat(drifted.warnings).hasSize(826).startsWith(78L, 82L, 83L, 84L, 85L);
    Walk still = Walk.of(Detectors.create("STEPD"), steady);
    assertThat(still.drifts)
        .containsExactly(
            6978L, 9049L, 16_192L, 18_167L, 26_983L, 27_144L, 29_375L, 30_659L, 31_958L, 39_281L);
    assertThat(still.warnings).hasSize(585);
    Walk wide = Walk.of(Detectors.create("STEPD -r 100"), drifting);
    assertThat(wide.drifts)
        .containsExactly(9875L, 11_986L, 16_238L, 20_025L, 23_077L, 37_829L, 38_509L, 39_686L);
    assertThat(wide.warnings).hasSize(1586);
    assertThat(Walk.of(Detectors.create("STEPD -o 0.0001 -w 0.001"), drifting).warnings)
        .hasSize(18);
  }

  /** MOA's alarms at each 60th of them, by a division by zero. */
  @Test
  void stepdIsSilentWhileAllInputsAreEqual() {
    double[] misses = new double[500];
    Arrays.fill(misses, 1);
    assertThat(Walk.of(Detectors.create("STEPD"), new double[500]).drifts).isEmpty();
    assertThat(Walk.of(Detectors.create("STEPD"), misses).drifts).isEmpty();
  }

  /** Of {@code weka.core.Statistics.normalProbability}, Weka 3.9.6. */
  @ParameterizedTest
  @CsvSource({
    "0, 0x1.0p-1",
    "0.5, 0x1.62075e232ac77p-1",
    "0.999, 0x1.aea501d21941cp-1",
    "1, 0x1.aec4bd120d37dp-1",
    "1.4142, 0x1.d7bafa700876cp-1",
    "1.5, 0x1.ddcb724ed3702p-1",
    "3, 0x1.ff4f10f033d25p-1",
    "5, 0x1.fffff661ae86fp-1",
    "8, 0x1.ffffffffffffap-1",
    "11.4, 0x1.0p0",
    "60, 0x1.0p0"
  })
  void normalDistributionIsWekas(double z, String probability) {
    assertThat(NormalDistribution.below(z))
        .isCloseTo(Double.parseDouble(probability), within(1.2e-16)); // one bit below 1
  }

  /** MOA's detector of that kind is right as long as it is the only one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HDDM_W_Test",
        "HDDM_W_Test -t Two-sided",
        "HDDM_W_Test -t Two-sided -m 0.2 -d 0.05 -w 0.2",
        "HDDM_W_Test -m 0.01 -d 0.01"
      })
  void hddmWAnswersAsMoasThatIsAlone(String optionString) {
    ChangeDetector[] ours = {Detectors.create(optionString), Detectors.create(optionString)};
    ChangeDetector moas = moas(optionString);
    int drifts = 0;
    for (int i = 0; i < 2 * DRIFT_AT; i++) {
      double error = i < DRIFT_AT ? drifting[DRIFT_AT + i] : steady[i] * 0.7;
      ours[0].input(error);
      ours[1].input(1 - error);
      moas.input(error);
      assertThat(answer(ours[0])).as("input %d", i).isEqualTo(answer(moas));
      assertThat(ours[0].getDelay()).isEqualTo(moas.getDelay());
      drifts += moas.getChange() ? 1 : 0;
    }
    assertThat(drifts).isPositive();
  }

  @Test
  void refusesOptionsThatADetectorFailsWith() {
    assertThatThrownBy(() -> Detectors.check("STEPD -r 0"))
        .isInstanceOf(OptionStringException.class)
        .hasMessageStartingWith("'STEPD -r 0' fails on hits and misses: ");
  }

  @Test
  void refusesLearnersWithADetectorOfMoasThatIsNotExact() {
    String learner = "drift.DriftDetectionMethodClassifier -l bayes.NaiveBayes -d ";
    assertThatThrownBy(() -> Learners.check(learner + "HDDM_W_Test", Task.CLASSIFICATION))
        .hasMessage(
            "'%sHDDM_W_Test': its detector 'HDDM_W_Test' shares its state with every other"
                + " detector of its kind; docs/drift.md lists the others",
            learner);
    assertThatThrownBy(() -> Learners.check(learner + "STEPD", Task.CLASSIFICATION))
        .hasMessageContaining("its detector 'STEPD' needs a library that Meander leaves out");
    assertThatThrownBy(
            () ->
                Learners.check(
                    "meta.OzaBag -l (" + learner + "SeqDrift2ChangeDetector)", Task.CLASSIFICATION))
        .hasMessageContaining("its detector 'SeqDrift2ChangeDetector' cannot be stored");
    assertThatCode(() -> Learners.check(learner + "HDDM_A_Test", Task.CLASSIFICATION))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesNoSupportedLearnerForTheDetectorsThatItHoldsByDefault() {
    LearnerVerdicts.all()
        .forEach(
            (name, verdict) -> {
              if (verdict.supported()) {
                assertThatCode(() -> Learners.check(name, verdict.task()))
                    .as(name)
                    .doesNotThrowAnyException();
              }
            });
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

  /** Accepted ones that MOA alone can run: STEPD needs Weka there. */
  static Stream<String> runnable() {
    return accepted().filter(name -> !name.equals("STEPD"));
  }

  /** Positions, from 1, of what a detector says by itself. */
  private record Walk(List<Long> drifts, List<Long> warnings) {

    static Walk of(ChangeDetector detector, double[] errors) {
      Walk walk = new Walk(new ArrayList<>(), new ArrayList<>());
      for (int i = 0; i < errors.length; i++) {
        detector.input(errors[i]);
        if (detector.getChange()) {
          walk.drifts.add(i + 1L);
        }
        if (detector.getWarningZone()) {
          walk.warnings.add(i + 1L);
        }
      }
      return walk;
    }
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
    return Walk.of(moas(name), errors).drifts;
  }

  private static ChangeDetector moas(String name) {
    try {
      ChangeDetector detector =
          (ChangeDetector) ClassOption.cliStringToObject(name, ChangeDetector.class, null);
      ((OptionHandler) detector).prepareForUse();
      return detector;
    } catch (Exception e) {
      throw new IllegalArgumentException(name, e);
    }
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.evaluation;

import io.meander.avro.ClassFigures;
import io.meander.avro.Evaluation;
import io.meander.avro.EvaluationScope;
import io.meander.avro.FadedFigures;
import io.meander.avro.ReliabilityBin;
import io.meander.models.AnomalyScore;
import io.meander.models.Board;
import io.meander.models.Calibration;
import io.meander.models.ClassScore;
import io.meander.models.Figure;
import io.meander.models.Figures;
import io.meander.models.Target;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Figures as records. */
final class EvaluationRecords implements Serializable {

  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final Target target;

  EvaluationRecords(String pipeline, Target target) {
    this.pipeline = pipeline;
    this.target = target;
  }

  /** One for each predictor that scored, since the first start. */
  List<Evaluation> totals(Stretch stretch, Board board, long now) {
    List<Evaluation> totals = new ArrayList<>();
    board
        .all()
        .forEach(
            (slot, figures) -> {
              if (figures.instances() > 0) {
                totals.add(total(stretch, slot, figures, now));
              }
            });
    return totals;
  }

  /** Of one predictor, since the first start. */
  Evaluation total(Stretch stretch, String slot, Figures figures, long now) {
    boolean watched = !stretch.isSlice() && Board.isSlot(slot);
    return record(stretch, slot, figures, figures.instances(), now)
        .setScope(stretch.scope())
        .setFaded(faded(figures))
        .setDrifts(watched ? figures.drifts() : null)
        .setWarnings(watched ? figures.warnings() : null)
        .build();
  }

  /**
   * Of one predictor over a window of all keys.
   *
   * @param to number of the window's last scored label
   */
  Evaluation window(String slot, Figures figures, long to, long now) {
    return record(Stretch.ALL, slot, figures, to, now)
        .setScope(EvaluationScope.OVERALL_WINDOW)
        .build();
  }

  private Evaluation.Builder record(
      Stretch stretch, String slot, Figures figures, long to, long now) {
    ToDoubleFunction<Figure> of = figures::figure;
    return Evaluation.newBuilder()
        .setPipeline(pipeline)
        .setKey(stretch.keyOrNull())
        .setSlice(stretch.sliceOrNull())
        .setSliceValue(stretch.valueOrNull())
        .setSlot(slot)
        .setFromInstance(to - figures.instances() + 1)
        .setToInstance(to)
        .setInstances(figures.instances())
        .setAccuracy(defined(of, Figure.ACCURACY))
        .setKappa(defined(of, Figure.KAPPA))
        .setKappaTemporal(defined(of, Figure.KAPPA_TEMPORAL))
        .setKappaM(defined(of, Figure.KAPPA_M))
        .setLogLoss(defined(of, Figure.LOG_LOSS))
        .setAuc(defined(of, Figure.AUC))
        .setAucError(defined(figures.aucError()))
        .setMae(defined(of, Figure.MAE))
        .setRmse(defined(of, Figure.RMSE))
        .setR2(defined(of, Figure.R2))
        .setPerClass(perClassOrNull(figures))
        .setBrier(brierOrNull(figures.calibrationOrNull()))
        .setCalibrationError(calibrationErrorOrNull(figures.calibrationOrNull()))
        .setReliability(reliability(figures.calibrationOrNull()))
        .setTime(Instant.ofEpochMilli(now));
  }

  private Map<String, ClassFigures> perClassOrNull(Figures figures) {
    ClassScore score =
        figures.score() instanceof AnomalyScore anomalies
            ? anomalies.called()
            : figures.score() instanceof ClassScore classes ? classes : null;
    if (score == null) {
      return null;
    }
    Map<String, ClassFigures> perClass = new LinkedHashMap<>();
    for (int c = 0; c < target.classes().size(); c++) {
      perClass.put(
          target.classes().get(c),
          new ClassFigures(
              defined(score.precision(c)), defined(score.recall(c)), defined(score.f1(c))));
    }
    return perClass;
  }

  private static Double brierOrNull(Calibration calibrationOrNull) {
    return calibrationOrNull == null ? null : defined(calibrationOrNull.brier());
  }

  private static Double calibrationErrorOrNull(Calibration calibrationOrNull) {
    return calibrationOrNull == null ? null : defined(calibrationOrNull.error());
  }

  private static List<ReliabilityBin> reliability(Calibration calibrationOrNull) {
    List<ReliabilityBin> bins = new ArrayList<>();
    for (int i = 0; calibrationOrNull != null && i < Calibration.BINS; i++) {
      Calibration.Bin bin = calibrationOrNull.binOrNull(i);
      if (bin != null) {
        bins.add(
            new ReliabilityBin(
                bin.from(), bin.to(), bin.count(), bin.confidence(), bin.accuracy()));
      }
    }
    return bins;
  }

  private static FadedFigures faded(Figures figures) {
    ToDoubleFunction<Figure> of = figures::faded;
    return new FadedFigures(
        defined(of, Figure.ACCURACY),
        defined(of, Figure.KAPPA),
        defined(of, Figure.KAPPA_TEMPORAL),
        defined(of, Figure.LOG_LOSS),
        defined(of, Figure.MAE),
        defined(of, Figure.RMSE),
        defined(of, Figure.R2),
        defined(of, Figure.F1));
  }

  private static Double defined(ToDoubleFunction<Figure> of, Figure figure) {
    return defined(of.applyAsDouble(figure));
  }

  private static Double defined(double figure) {
    return Double.isNaN(figure) ? null : figure;
  }
}

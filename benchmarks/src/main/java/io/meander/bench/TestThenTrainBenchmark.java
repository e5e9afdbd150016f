/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.features.FeatureSchema;
import io.meander.models.Answer;
import io.meander.models.Deployment;
import io.meander.models.DriftSpec;
import io.meander.models.Fact;
import io.meander.models.Figure;
import io.meander.models.ModelContext;
import io.meander.models.ModelSet;
import io.meander.models.Observation;
import io.meander.models.Reducer;
import io.meander.models.SlotSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import moa.classifiers.Classifier;
import moa.classifiers.core.driftdetection.ADWINChangeDetector;
import moa.core.InstanceExample;
import moa.evaluation.BasicClassificationPerformanceEvaluator;
import moa.options.ClassOption;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * One test-then-train on a single model, through the reducer and in plain MOA with the same
 * evaluator and detector: the reducer's own cost. Each invocation learns the same rows from a fresh
 * model, so both sides do equal work.
 *
 * <p>Run: {@code mvn -B package -DskipTests -pl benchmarks -am}, then {@code java -cp
 * "benchmarks/target/benchmarks-<version>.jar:benchmarks/target/lib/*"
 * io.meander.bench.TestThenTrainBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class TestThenTrainBenchmark {

  static final int ROWS = 5000;
  private static final int COLUMNS = 8;

  /** MOA option string. */
  @Param({"bayes.NaiveBayes", "trees.HoeffdingTree", "meta.AdaptiveRandomForest -s 10"})
  public String learner;

  private double[][] rows;
  private int[] labels;

  /** Rows of a seeded stream: a linear concept with noise. */
  @Setup(Level.Trial)
  public void stream() {
    Random random = new Random(1);
    rows = new double[ROWS][COLUMNS];
    labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      double sum = 0;
      for (int c = 0; c < COLUMNS; c++) {
        rows[i][c] = random.nextDouble();
        sum += (c + 1) * rows[i][c];
      }
      labels[i] = sum + random.nextGaussian() * 2 > 18 ? 1 : 0;
    }
  }

  /** Through the reducer; the score is returned so that nothing is optimised away. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double meander() {
    List<FeatureSchema.Column> columns = new ArrayList<>();
    for (int c = 0; c < COLUMNS; c++) {
      columns.add(FeatureSchema.Column.numeric("c" + c));
    }
    ModelContext context = new ModelContext(new FeatureSchema(columns), List.of("no", "yes"));
    Reducer reducer = new Reducer(context);
    Deployment deployment =
        new Deployment(1, List.of(new SlotSpec("s", learner, 1)), "s", DriftSpec.DEFAULT, null);
    ModelSet set = new ModelSet("k", context.target());
    for (int i = 0; i < ROWS; i++) {
      for (Fact fact : reducer.decideTouched(set, deployment, i, 0)) {
        reducer.apply(set, fact);
      }
      Answer answer =
          reducer.answer(set, new Observation(i, "", "k", i, rows[i], labels[i], new String[0]));
      reducer.apply(set, reducer.decideLabelled(set, rows[i], answer, labels[i], 1));
      for (Fact fact : reducer.decideAlarmed(set)) {
        reducer.apply(set, fact);
      }
    }
    return set.slot("s").score().figure(Figure.ACCURACY);
  }

  /** Plain MOA. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double moa() throws Exception {
    Classifier classifier =
        (Classifier) ClassOption.cliStringToObject(learner, Classifier.class, null);
    classifier.prepareForUse();
    List<Attribute> attributes = new ArrayList<>();
    for (int c = 0; c < COLUMNS; c++) {
      attributes.add(new Attribute("c" + c));
    }
    attributes.add(new Attribute("class", new ArrayList<>(List.of("no", "yes"))));
    Instances instances = new Instances("s", attributes, 0);
    instances.setClassIndex(COLUMNS);
    InstancesHeader header = new InstancesHeader(instances);
    classifier.setModelContext(header);
    var evaluator = new BasicClassificationPerformanceEvaluator();
    var detector = new ADWINChangeDetector();
    detector.prepareForUse();
    for (int i = 0; i < ROWS; i++) {
      double[] values = Arrays.copyOf(rows[i], COLUMNS + 1);
      values[COLUMNS] = labels[i];
      Instance instance = new DenseInstance(1.0, values);
      instance.setDataset(header);
      double[] votes = classifier.getVotesForInstance(instance);
      evaluator.addResult(new InstanceExample(instance), votes);
      detector.input(moa.core.Utils.maxIndex(votes) == labels[i] ? 0 : 1);
      classifier.trainOnInstance(instance);
    }
    return evaluator.getFractionCorrectlyClassified();
  }

  /** Runs the benchmark. */
  public static void main(String[] arguments) throws RunnerException {
    new Runner(new OptionsBuilder().include(TestThenTrainBenchmark.class.getSimpleName()).build())
        .run();
  }
}

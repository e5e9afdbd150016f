/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSchema.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What the contract's learners learn: seeded rows whose concept turns to other columns and back,
 * with nominal columns of 5, 12, 24 and 48 values, at which hash tables grow, and with missing
 * values; or less than that, for learners which cannot take it. Every call makes the same rows.
 */
final class ContractStream {

  private static final int[] NOMINALS = {5, 12, 24, 48};
  private static final double MISSING = 0.03;
  private static final int TURN = 550;

  private final Kind kind;
  private final Task task;
  private final InstancesHeader header;
  private final ModelContext contextOrNull;
  private final List<Row> rows;

  /**
   * @param label the class's index, or the number to be told
   */
  record Row(double[] features, double label) {}

  /**
   * What a stream holds.
   *
   * @param columns how many, without the class
   */
  record Kind(int columns, boolean nominals, boolean missing, int classes) {

    /** From what all learners should take to what is the least that one may ask for. */
    static List<Kind> of(Task task, int columns) {
      List<Kind> kinds = new ArrayList<>();
      for (int classes : task == Task.CLASSIFICATION ? new int[] {3, 2} : new int[] {2}) {
        kinds.add(new Kind(columns, true, true, classes));
        kinds.add(new Kind(columns, true, false, classes));
        kinds.add(new Kind(columns, false, true, classes));
        kinds.add(new Kind(columns, false, false, classes));
      }
      return kinds;
    }

    /** What a learner cannot take that learned this but not the kinds before it. */
    List<String> restrictions(Task task) {
      List<String> found = new ArrayList<>();
      if (!nominals) {
        found.add("numeric columns only");
      }
      if (!missing) {
        found.add(LearnerVerdict.NO_MISSING_VALUES);
      }
      if (classes == 2 && task == Task.CLASSIFICATION) {
        found.add(LearnerVerdict.TWO_CLASSES_ONLY);
      }
      return found;
    }
  }

  ContractStream(Kind kind, Task task, int size) {
    this.kind = kind;
    this.task = task;
    FeatureSchema features = new FeatureSchema(columns(kind));
    if (task == Task.REGRESSION) {
      this.contextOrNull = null;
      this.header = numericTarget(features);
    } else {
      List<String> classes = IntStream.range(0, kind.classes()).mapToObj(c -> "c" + c).toList();
      this.contextOrNull = new ModelContext(features, classes);
      this.header = contextOrNull.header();
    }
    Random random = new Random(17);
    this.rows = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      rows.add(row(random, i / TURN % 2 == 1));
    }
  }

  Kind kind() {
    return kind;
  }

  InstancesHeader header() {
    return header;
  }

  /** Of a classification. */
  ModelContext context() {
    return contextOrNull;
  }

  List<Row> rows() {
    return rows;
  }

  /** As the reducer makes it: no class yet. */
  Instance instance(Row row) {
    if (contextOrNull != null) {
      return contextOrNull.instance(row.features());
    }
    double[] values = Arrays.copyOf(row.features(), row.features().length + 1);
    values[row.features().length] = Double.NaN;
    Instance instance = new DenseInstance(1.0, values);
    instance.setDataset(header);
    return instance;
  }

  private Row row(Random random, boolean turned) {
    double[] features = new double[header.numAttributes() - 1];
    double score = 0;
    for (int i = 0; i < features.length; i++) {
      int values = header.attribute(i).isNominal() ? header.attribute(i).numValues() : 0;
      double value = values == 0 ? random.nextDouble() : skewed(random, values);
      double share = values == 0 ? value : (value * 7 % values) / values;
      int rank = 1 + (turned ? (i + NOMINALS.length + 1) % features.length : i);
      score += (turned ? 1 - share : share) / (rank * rank);
      features[i] = kind.missing() && random.nextDouble() < MISSING ? Double.NaN : value;
    }
    score = score / 1.5 + 0.05 * random.nextGaussian();
    if (task == Task.REGRESSION) {
      return new Row(features, 100 * score);
    }
    int label = (int) ((score - 0.2) / 0.6 * kind.classes());
    return new Row(features, Math.max(0, Math.min(kind.classes() - 1, label)));
  }

  private static int skewed(Random random, int values) {
    return (int) (values * Math.pow(random.nextDouble(), 1.5));
  }

  private static List<Column> columns(Kind kind) {
    List<Column> columns = new ArrayList<>();
    int[] nominals = kind.nominals() ? NOMINALS : new int[0];
    for (int i = nominals.length; i < kind.columns(); i++) {
      columns.add(Column.numeric("x" + i));
    }
    for (int values : nominals) {
      columns.add(
          new Column("n" + values, IntStream.range(0, values).mapToObj(v -> "v" + v).toList()));
    }
    return columns;
  }

  private static InstancesHeader numericTarget(FeatureSchema features) {
    List<Attribute> attributes = new ArrayList<>();
    for (Column column : features.columns()) {
      attributes.add(
          column.isNominal()
              ? new Attribute(column.name(), new ArrayList<>(column.values()))
              : new Attribute(column.name()));
    }
    attributes.add(new Attribute("target"));
    Instances instances = new Instances("events", attributes, 0);
    instances.setClassIndex(features.size());
    return new InstancesHeader(instances);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.Instances;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.features.FeatureSchema.Column;
import io.meander.models.Observation;
import io.meander.models.SlotSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import moa.classifiers.Classifier;
import moa.classifiers.core.driftdetection.ADWINChangeDetector;
import moa.core.InstanceExample;
import moa.core.Utils;
import moa.evaluation.BasicClassificationPerformanceEvaluator;
import moa.options.ClassOption;

/** One key's model, evaluator and detector in plain MOA, and as bytes in Java serialisation. */
final class PlainModel implements Serializable {

  private static final long serialVersionUID = 1L;

  private final InstancesHeader header;
  private final Classifier classifier;
  private final BasicClassificationPerformanceEvaluator evaluator =
      new BasicClassificationPerformanceEvaluator();
  private final ADWINChangeDetector detector = new ADWINChangeDetector();
  private long drifts;

  PlainModel(InstancesHeader header, String learner) {
    this.header = header;
    try {
      classifier = (Classifier) ClassOption.cliStringToObject(learner, Classifier.class, null);
    } catch (Exception e) {
      throw new IllegalArgumentException(learner, e);
    }
    if (classifier.isRandomizable()) {
      classifier.setRandomSeed(SlotSpec.DEFAULT_SEED);
    }
    classifier.prepareForUse();
    classifier.setModelContext(header);
    detector.prepareForUse();
  }

  static InstancesHeader header(Source source) {
    List<Attribute> attributes = new ArrayList<>();
    for (Column column : source.columns()) {
      attributes.add(
          column.isNominal()
              ? new Attribute(column.name(), new ArrayList<>(column.values()))
              : new Attribute(column.name()));
    }
    attributes.add(new Attribute("class", new ArrayList<>(source.classes())));
    Instances instances = new Instances("rows", attributes, 0);
    instances.setClassIndex(source.columns().size());
    return new InstancesHeader(instances);
  }

  /** Test, then train; the votes are the answer. */
  double[] learn(Observation event) {
    double[] values = Arrays.copyOf(event.features(), event.features().length + 1);
    values[values.length - 1] = event.label();
    Instance instance = new DenseInstance(1.0, values);
    instance.setDataset(header);
    double[] votes = classifier.getVotesForInstance(instance);
    evaluator.addResult(new InstanceExample(instance), votes);
    detector.input(Utils.maxIndex(votes) == event.label() ? 0 : 1);
    if (detector.getChange()) {
      drifts++;
    }
    classifier.trainOnInstance(instance);
    return votes;
  }

  long drifts() {
    return drifts;
  }

  byte[] toBytes() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 14);
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(this);
    }
    return bytes.toByteArray();
  }

  @SuppressWarnings("BanSerializableRead") // its own bytes, of this run
  static PlainModel ofBytes(byte[] bytes) throws Exception {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (PlainModel) in.readObject();
    }
  }
}

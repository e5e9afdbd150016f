/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Attribute;
import com.yahoo.labs.samoa.instances.Instance;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.features.FeatureSchema;
import io.meander.features.FeatureSchema.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import moa.streams.ExampleStream;
import moa.streams.InstanceStream;

/**
 * A labelled stream for tests, and the context it is learned in, both made by MOA's own readers.
 */
record Stream(ModelContext context, List<Row> rows) {

  /** One example: the vector and the index of its class. */
  record Row(double[] features, int label) {}

  /** All rows of an ARFF file whose last attribute is the class. */
  static Stream ofArff(Path file) {
    var stream = new moa.streams.ArffFileStream(file.toString(), -1);
    stream.prepareForUse();
    return of(stream, Integer.MAX_VALUE);
  }

  /** The first rows of a MOA generator, by its option string. */
  static Stream generated(String generator, int rows) {
    ExampleStream<?> stream = MoaOptions.create(generator, InstanceStream.class, "stream");
    ((moa.options.OptionHandler) stream).prepareForUse();
    return of((InstanceStream) stream, rows);
  }

  private static Stream of(InstanceStream stream, int limit) {
    InstancesHeader header = stream.getHeader();
    int last = header.numAttributes() - 1;
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < last; i++) {
      Attribute attribute = header.attribute(i);
      columns.add(
          new Column(
              attribute.name(),
              attribute.isNominal() ? attribute.getAttributeValues() : List.of()));
    }
    List<Row> rows = new ArrayList<>();
    while (rows.size() < limit && stream.hasMoreInstances()) {
      Instance instance = stream.nextInstance().getData();
      double[] vector = new double[last];
      for (int i = 0; i < last; i++) {
        vector[i] = instance.isMissing(i) ? Double.NaN : instance.value(i);
      }
      rows.add(new Row(vector, (int) instance.classValue()));
    }
    return new Stream(
        new ModelContext(new FeatureSchema(columns), header.classAttribute().getAttributeValues()),
        rows);
  }
}

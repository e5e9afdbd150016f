/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.FeatureSchema.Column;
import io.meander.features.transform.TransformEvent;
import io.meander.features.transform.TransformInput;
import io.meander.features.transform.TransformOutput;
import io.meander.features.transform.UserFeature;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * What a user's transform makes, once its fields and its columns were checked. One that remembers
 * reads its inputs where the record was read, and works where the key's past is.
 */
final class TransformColumns extends ColumnWriter {

  private static final byte[] NOTHING = {};

  private final Transformed declared;
  private final UserFeature feature;
  private final List<TransformInput> inputs;
  private final FieldPath[] paths;
  private final EventTimeReader[] times;
  private final int maxStateBytes;

  /**
   * @throws FieldPathException if the schema has no such field
   * @throws IllegalArgumentException if the transform does not take such fields, or says of itself
   *     what cannot be
   */
  TransformColumns(Transformed declared, UserFeature feature, Schema event) {
    super(columns(declared, feature));
    this.declared = declared;
    this.feature = feature;
    this.inputs = List.copyOf(feature.inputs());
    this.maxStateBytes = feature.maxStateBytes();
    if (inputs.size() != declared.fields().size() || inputs.isEmpty()) {
      throw new IllegalArgumentException(
          "fields has "
              + declared.fields().size()
              + ", and '"
              + declared.transform()
              + "' takes "
              + inputs.size()
              + ": "
              + String.join(", ", inputs.stream().map(TransformInput::name).toList()));
    }
    if (maxStateBytes < 0) {
      throw new IllegalArgumentException(
          "'" + declared.transform() + "' says that it remembers " + maxStateBytes + " bytes");
    }
    this.paths = new FieldPath[inputs.size()];
    this.times = new EventTimeReader[inputs.size()];
    for (int i = 0; i < paths.length; i++) {
      paths[i] = FieldPath.of(declared.fields().get(i), event);
      checkType(i);
    }
  }

  private static List<Column> columns(Transformed declared, UserFeature feature) {
    List<Column> columns = new ArrayList<>();
    for (TransformOutput output : feature.outputs()) {
      columns.add(
          new Column(
              output.name().isEmpty() ? declared.name() : declared.name() + "_" + output.name(),
              output.values()));
    }
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("'" + declared.transform() + "' makes no column");
    }
    return columns;
  }

  private void checkType(int i) {
    Schema type = paths[i].type();
    boolean fits =
        switch (inputs.get(i).type()) {
          case NUMBER -> FieldColumn.isNumber(type);
          case BOOLEAN -> type.getType() == Schema.Type.BOOLEAN;
          case TEXT -> type.getType() == Schema.Type.STRING || type.getType() == Schema.Type.ENUM;
          case TIME -> {
            times[i] = new EventTimeReader(paths[i], null, ZoneOffset.UTC);
            yield true;
          }
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "'"
              + paths[i]
              + "' is "
              + FieldPath.name(type)
              + ", and '"
              + declared.transform()
              + "' takes "
              + inputs.get(i).type().words()
              + " there: its "
              + inputs.get(i).name());
    }
  }

  String name() {
    return declared.name();
  }

  boolean remembers() {
    return maxStateBytes > 0;
  }

  int maxStateBytes() {
    return maxStateBytes;
  }

  int version() {
    return declared.version();
  }

  /** How many fields it takes. */
  int inputs() {
    return paths.length;
  }

  /** The same columns, missing until a key's {@link KeyFeatures} fill them in. */
  OpenColumns open() {
    return new OpenColumns(declared.name(), columns(), false, this);
  }

  /**
   * Reads its inputs.
   *
   * @param numbers from {@code number} on, by input: NaN for missing or a text
   * @param texts from {@code text} on, likewise: null for missing or a number
   * @throws UnfitEventException if a field holds what its type does not allow
   */
  void read(GenericRecord event, double[] numbers, int number, String[] texts, int text)
      throws UnfitEventException {
    for (int i = 0; i < paths.length; i++) {
      Object value = paths[i].read(event);
      boolean isText = inputs.get(i).type() == TransformInput.Type.TEXT;
      numbers[number + i] = value == null || isText ? Double.NaN : number(value, i);
      texts[text + i] = value == null || !isText ? null : value.toString();
    }
  }

  private double number(Object value, int i) throws UnfitEventException {
    if (times[i] != null) {
      return times[i].read(value);
    }
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    if (!(value instanceof Number number)) {
      throw new UnfitEventException(
          "field '" + paths[i] + "' is '" + value + "', not " + inputs.get(i).type().words());
    }
    return Double.isFinite(number.doubleValue()) ? number.doubleValue() : Double.NaN;
  }

  @Override
  void write(GenericRecord event, double[] vector, int offset) throws UnfitEventException {
    double[] numbers = new double[paths.length];
    String[] texts = new String[paths.length];
    read(event, numbers, 0, texts, 0);
    System.arraycopy(values(numbers, texts, NOTHING).values, 0, vector, offset, columns().size());
  }

  /** What it made of an event, and what it remembers of the key from now on. */
  record Worked(double[] values, byte[] state) {}

  /**
   * Changes nothing.
   *
   * @param state what it remembers of the key
   * @throws FailedTransformException if the transform fails, or gives what it must not
   */
  Worked values(double[] numbers, String[] texts, byte[] state) throws FailedTransformException {
    double[] values = new double[columns().size()];
    Arrays.fill(values, Double.NaN);
    TransformEvent event = new TransformEvent(numbers, texts, state);
    try {
      feature.apply(event, values);
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      throw failed(e.toString());
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.isInfinite(values[i]) ? Double.NaN : values[i];
      List<String> nominal = columns().get(i).values();
      if (!nominal.isEmpty() && !Double.isNaN(values[i])) {
        boolean index = values[i] == Math.rint(values[i]);
        if (!index || values[i] < 0 || values[i] >= nominal.size()) {
          throw failed(
              "it gave " + values[i] + " for one of the " + nominal.size() + " values " + nominal);
        }
      }
    }
    byte[] next = event.state();
    if (next.length > maxStateBytes) {
      throw failed(
          "it remembers " + next.length + " bytes, and says " + maxStateBytes + " at most");
    }
    return new Worked(values, next);
  }

  private FailedTransformException failed(String how) {
    return new FailedTransformException(
        declared.name(),
        "feature '"
            + declared.name()
            + "' (transform '"
            + declared.transform()
            + "', version "
            + declared.version()
            + ")",
        how);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import io.meander.features.history.HistoryForm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * The declared features that remember, and what fills in missing values: what each takes from an
 * event and from its label, and what a key keeps for it, {@link KeyFeatures}. Immutable and
 * thread-safe.
 */
public final class KeyedFeatures {

  private static final double[] NOTHING = {};
  private static final int NONE = -1;

  /**
   * A feature that remembers.
   *
   * @param column in the vector
   * @param eventInput its place among the event's inputs, or -1
   * @param labelInput its place among the label's, or -1; with both, the event's is only compared
   * @param fill in the place of a missing value; NaN: it stays missing
   * @param flagColumn that says where it was missing, or -1
   */
  record Part(
      FeatureSpec.Remembered feature,
      HistoryForm form,
      int column,
      int eventInput,
      int labelInput,
      double fill,
      int flagColumn) {

    /** Writes its column, and its flag if there is one. An infinity is missing. */
    void write(double value, double[] vector) {
      boolean missing = !Double.isFinite(value);
      vector[column] = missing ? fill : value;
      if (flagColumn != NONE) {
        vector[flagColumn] = missing ? 1 : 0;
      }
    }

    /** Whether {@link #write} would. */
    boolean changes(double[] vector, double value) {
      boolean filled = Double.isFinite(value) || !Double.isNaN(fill);
      return (Double.isNaN(vector[column]) && filled)
          || (flagColumn != NONE && Double.isNaN(vector[flagColumn]));
    }

    boolean isOfLabels() {
      return labelInput != NONE;
    }

    /** What it takes from the event, NaN if nothing. */
    double ofEvent(FeatureInputs inputs) {
      return eventInput == NONE ? Double.NaN : inputs.event()[eventInput];
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private final List<TransformPart> transforms = new ArrayList<>();
  private final List<String> eventReaderNames = new ArrayList<>();
  private final List<InputReader> eventReaders = new ArrayList<>();
  private final List<InputReader> labelReaders = new ArrayList<>();
  private final MissingValues missingOrNull;
  private final boolean keepsEventInputs;
  private final int eventInputs;
  private final int eventTexts;
  private final long fingerprint;

  private KeyedFeatures(
      List<FeatureSpec> features,
      FeatureSchema schema,
      Schema event,
      LabelSource label,
      MissingPolicy missing) {
    List<MissingPolicy> policies = new ArrayList<>();
    StringBuilder text = new StringBuilder(schema.fingerprint());
    for (int i = 0; i < features.size(); i++) {
      FeatureSpec feature = features.get(i);
      if (feature.rememberedOrNull() != null) {
        try {
          add(feature, schema, event, label, missing);
        } catch (FieldPathException | IllegalArgumentException e) {
          throw new FeatureSpecException(i, e.getMessage(), e);
        }
      }
      ColumnWriter writer = feature.writer(event);
      if (writer instanceof OpenColumns open && open.transformOrNull() != null) {
        add(feature, open.transformOrNull(), schema, missing);
      }
      MissingPolicy own = feature.missing(missing);
      for (FeatureSchema.Column column : writer.columns()) {
        boolean flag = column.name().equals(ImputedColumns.flagOf(feature.name()));
        policies.add(flag ? MissingPolicy.KEEP : own);
      }
      text.append('\n').append(feature);
    }
    int numbers = eventReaders.size();
    this.eventTexts = transforms.stream().mapToInt(part -> part.transform().inputs()).sum();
    this.eventInputs = numbers + eventTexts;
    transforms.replaceAll(
        part ->
            new TransformPart(
                part.transform(),
                part.column(),
                numbers + part.text(),
                part.text(),
                part.fill(),
                part.flagColumn()));
    MissingValues values = new MissingValues(policies, schema);
    this.missingOrNull = values.isEmpty() ? null : values;
    this.keepsEventInputs = parts.stream().anyMatch(p -> p.isOfLabels() && p.eventInput() >= 0);
    this.fingerprint = FeatureSchema.digest(text.toString());
  }

  /**
   * @param schema of the whole vector
   * @param event schema of the events
   * @throws FeatureSpecException if a feature's field is unknown or of a type it cannot take
   */
  public static KeyedFeatures compile(
      List<FeatureSpec> features,
      FeatureSchema schema,
      Schema event,
      LabelSource label,
      MissingPolicy missing) {
    return new KeyedFeatures(features, schema, event, label, missing);
  }

  private void add(
      FeatureSpec declared,
      FeatureSchema schema,
      Schema event,
      LabelSource label,
      MissingPolicy missing) {
    FeatureSpec.Remembered feature = declared.rememberedOrNull();
    HistoryForm form = feature.form();
    int eventInput = NONE;
    int labelInput = NONE;
    if (feature.isTarget() || !feature.ofLabels()) {
      eventInput = eventReaders.size();
      eventReaders.add(InputReader.of(feature, form.input(), event));
      eventReaderNames.add(feature.name());
    }
    if (feature.isTarget()) {
      labelInput = labelReaders.size();
      labelReaders.add(InputReader.label(label, feature.classOrNull(), feature.clip()));
    } else if (feature.ofLabels()) {
      labelInput = labelReaders.size();
      boolean named = feature.field().equals(label.fieldOrNull()) && label.aboveOrNull() == null;
      labelReaders.add(
          named && form.input() == HistoryForm.Input.NUMBER
              ? InputReader.label(label, feature.classOrNull(), feature.clip())
              : InputReader.of(feature, form.input(), label.schema()));
    }
    parts.add(
        new Part(
            feature,
            form,
            schema.position(feature.name()),
            eventInput,
            labelInput,
            fill(declared, missing),
            flagColumn(declared, schema)));
  }

  private void add(
      FeatureSpec declared,
      TransformColumns transform,
      FeatureSchema schema,
      MissingPolicy missing) {
    transforms.add(
        new TransformPart(
            transform,
            schema.position(transform.columns().get(0).name()),
            NONE, // known once all readers are
            transforms.stream().mapToInt(part -> part.transform().inputs()).sum(),
            fill(declared, missing),
            flagColumn(declared, schema)));
  }

  private static double fill(FeatureSpec declared, MissingPolicy missing) {
    if (declared.missing(missing) == MissingPolicy.ZERO) {
      return 0;
    }
    return declared instanceof FeatureSpec.Imputed own ? own.number() : Double.NaN;
  }

  private static int flagColumn(FeatureSpec declared, FeatureSchema schema) {
    boolean flagged = declared instanceof FeatureSpec.Imputed own && own.flag();
    return flagged ? schema.position(ImputedColumns.flagOf(declared.name())) : NONE;
  }

  /** Whether there is anything to remember of a key. */
  public boolean remember() {
    return missingOrNull != null || !parts.isEmpty() || !transforms.isEmpty();
  }

  /** Whether working them out may fail: users' transforms may. */
  public boolean mayFail() {
    return !transforms.isEmpty();
  }

  /** Whether any goes by when things happened. */
  public boolean isTimed() {
    return parts.stream().anyMatch(part -> part.form().isTimed());
  }

  /** Whether an event's inputs are needed when its label comes. */
  public boolean keepEventInputs() {
    return keepsEventInputs;
  }

  /**
   * What they take from an event.
   *
   * @throws UnfitEventException if a field holds what its type does not allow
   */
  public FeatureInputs eventInputs(GenericRecord event) throws UnfitEventException {
    if (eventInputs == 0) {
      return FeatureInputs.NONE;
    }
    double[] numbers = new double[eventInputs];
    for (int i = 0; i < eventReaders.size(); i++) {
      try {
        numbers[i] = eventReaders.get(i).read(event);
      } catch (UnfitEventException e) {
        throw FeatureTransform.unfit(eventReaderNames.get(i), e);
      }
    }
    FeatureInputs inputs = FeatureInputs.NONE.withEvent(numbers);
    if (transforms.isEmpty()) {
      return inputs;
    }
    String[] texts = new String[eventTexts];
    for (TransformPart part : transforms) {
      try {
        part.transform().read(event, numbers, part.number(), texts, part.text());
      } catch (UnfitEventException e) {
        throw FeatureTransform.unfit(part.transform().name(), e);
      }
    }
    return inputs.withTexts(texts);
  }

  /**
   * What they take from a record that brings a label.
   *
   * @throws UnfitEventException if a field holds what its type does not allow
   */
  public double[] labelInputs(GenericRecord record) throws UnfitEventException {
    if (labelReaders.isEmpty()) {
      return NOTHING;
    }
    double[] inputs = new double[labelReaders.size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = labelReaders.get(i).read(record);
    }
    return inputs;
  }

  /** Of a key without a past. */
  public KeyFeatures none() {
    return new KeyFeatures(this);
  }

  /**
   * What {@link KeyFeatures#write} made the bytes of.
   *
   * @throws FeatureStateException if the bytes are broken, or of other features
   */
  public KeyFeatures read(byte[] bytes) throws FeatureStateException {
    return KeyFeatures.read(this, bytes);
  }

  /** Stored bytes of a key at most. */
  public int maxBytes() {
    return KeyFeatures.HEADER
        + parts.stream().mapToInt(part -> part.form().maxBytes()).sum()
        + transforms.stream().mapToInt(TransformPart::maxBytes).sum()
        + (missingOrNull == null ? 0 : missingOrNull.maxBytes());
  }

  /** The same by what takes them: a feature's name, or words for the rest. */
  public Map<String, Integer> maxBytesOf() {
    Map<String, Integer> bytes = new LinkedHashMap<>();
    parts.forEach(part -> bytes.put(part.feature().name(), part.form().maxBytes()));
    transforms.forEach(part -> bytes.put(part.transform().name(), part.maxBytes()));
    if (missingOrNull != null) {
      bytes.put("missing values", missingOrNull.maxBytes());
    }
    bytes.put("header", KeyFeatures.HEADER);
    return bytes;
  }

  /** The features that remember, in order, without users' own. */
  public List<FeatureSpec.Remembered> features() {
    return parts.stream().map(Part::feature).toList();
  }

  /** How many inputs an event has. */
  int eventInputs() {
    return eventInputs;
  }

  /** How many of them may be texts: those of users' transforms. */
  int eventTexts() {
    return eventTexts;
  }

  /** How many inputs a label has. */
  int labelInputs() {
    return labelReaders.size();
  }

  List<Part> parts() {
    return parts;
  }

  List<TransformPart> transforms() {
    return transforms;
  }

  MissingValues missingOrNull() {
    return missingOrNull;
  }

  long fingerprint() {
    return fingerprint;
  }
}

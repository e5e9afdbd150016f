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
  private static final int NO_INPUT = -1;

  /**
   * A feature that remembers.
   *
   * @param column in the vector
   * @param eventInput its place among the event's inputs, or -1
   * @param labelInput its place among the label's, or -1; with both, the event's is only compared
   */
  record Part(
      FeatureSpec.Remembered feature,
      HistoryForm form,
      int column,
      int eventInput,
      int labelInput) {
    boolean isOfLabels() {
      return labelInput != NO_INPUT;
    }

    /** What it takes from the event, NaN if nothing. */
    double ofEvent(FeatureInputs inputs) {
      return eventInput == NO_INPUT ? Double.NaN : inputs.event()[eventInput];
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private final List<InputReader> eventReaders = new ArrayList<>();
  private final List<InputReader> labelReaders = new ArrayList<>();
  private final boolean zeros;
  private final MissingValues missingOrNull;
  private final boolean keepsEventInputs;
  private final long fingerprint;

  private KeyedFeatures(
      List<FeatureSpec> features,
      FeatureSchema schema,
      Schema event,
      LabelSource label,
      MissingPolicy missing) {
    StringBuilder text = new StringBuilder(schema.fingerprint());
    for (int i = 0; i < features.size(); i++) {
      if (features.get(i) instanceof FeatureSpec.Remembered feature) {
        try {
          add(feature, schema.position(feature.name()), event, label);
        } catch (FieldPathException | IllegalArgumentException e) {
          throw new FeatureSpecException(i, e.getMessage(), e);
        }
        text.append('\n').append(feature);
      }
    }
    this.zeros = missing == MissingPolicy.ZERO;
    this.missingOrNull = missing.remembers() ? new MissingValues(missing, schema) : null;
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

  private void add(FeatureSpec.Remembered feature, int column, Schema event, LabelSource label) {
    HistoryForm form = feature.form();
    int eventInput = NO_INPUT;
    int labelInput = NO_INPUT;
    if (feature.isTarget() || !feature.ofLabels()) {
      eventInput = eventReaders.size();
      eventReaders.add(InputReader.of(feature, form.input(), event));
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
    parts.add(new Part(feature, form, column, eventInput, labelInput));
  }

  /** Whether there is anything to remember of a key. */
  public boolean remember() {
    return missingOrNull != null || !parts.isEmpty();
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
  public double[] eventInputs(GenericRecord event) throws UnfitEventException {
    return read(eventReaders, event);
  }

  /**
   * What they take from a record that brings a label.
   *
   * @throws UnfitEventException if a field holds what its type does not allow
   */
  public double[] labelInputs(GenericRecord record) throws UnfitEventException {
    return read(labelReaders, record);
  }

  private static double[] read(List<InputReader> readers, GenericRecord record)
      throws UnfitEventException {
    if (readers.isEmpty()) {
      return NOTHING;
    }
    double[] inputs = new double[readers.size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = readers.get(i).read(record);
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
        + (missingOrNull == null ? 0 : missingOrNull.maxBytes());
  }

  /** The same by what takes them: a feature's name, or words for the rest. */
  public Map<String, Integer> maxBytesOf() {
    Map<String, Integer> bytes = new LinkedHashMap<>();
    parts.forEach(part -> bytes.put(part.feature().name(), part.form().maxBytes()));
    if (missingOrNull != null) {
      bytes.put("missing values", missingOrNull.maxBytes());
    }
    bytes.put("header", KeyFeatures.HEADER);
    return bytes;
  }

  /** The features that remember, in order. */
  public List<FeatureSpec.Remembered> features() {
    return parts.stream().map(Part::feature).toList();
  }

  List<Part> parts() {
    return parts;
  }

  boolean zeros() {
    return zeros;
  }

  MissingValues missingOrNull() {
    return missingOrNull;
  }

  long fingerprint() {
    return fingerprint;
  }
}

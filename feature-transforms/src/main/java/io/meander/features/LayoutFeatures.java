/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * The features of a layout compiled against the events' schema: what {@link FeatureTransform} and
 * {@link KeyedFeatures} are for one schema, block after block. Vectors and inputs of one block
 * follow those of the block before. Immutable and thread-safe.
 */
public final class LayoutFeatures {

  private static final double[] NOTHING = {};

  /**
   * The features that one schema added.
   *
   * @param column the place of its first column in the vector
   * @param eventInput the place of its first input from the event
   * @param eventText the place of its first text from the event
   * @param labelInput the place of its first input from the label
   */
  record Block(
      FeatureSchema schema,
      FeatureTransform transform,
      KeyedFeatures keyed,
      int column,
      int eventInput,
      int eventText,
      int labelInput) {}

  private final FeatureLayout layout;
  private final List<Block> blocks = new ArrayList<>();

  /** The features of each schema by themselves, by its fingerprint. */
  private final Map<String, KeyedFeatures> plans = new HashMap<>();

  private final int eventInputs;
  private final int eventTexts;
  private final int labelInputs;

  /**
   * @throws FeatureSpecException if a feature cannot be worked out from such events any more
   */
  public LayoutFeatures(FeatureLayout layout, Schema event, LabelSource label) {
    this.layout = layout;
    int column = 0;
    int ofEvent = 0;
    int texts = 0;
    int ofLabel = 0;
    for (FeatureSchema schema : layout.blocks()) {
      if (schema.size() > 0) {
        Block block = block(schema, event, label, column, ofEvent, texts, ofLabel);
        blocks.add(block);
        column += schema.size();
        ofEvent += block.keyed.eventInputs();
        texts += block.keyed.eventTexts();
        ofLabel += block.keyed.labelInputs();
      }
    }
    this.eventInputs = ofEvent;
    this.eventTexts = texts;
    this.labelInputs = ofLabel;
    for (FeatureSchema schema : layout.schemas()) {
      plans.computeIfAbsent(schema.fingerprint(), f -> plan(schema, event, label));
    }
  }

  private static Block block(
      FeatureSchema schema,
      Schema event,
      LabelSource label,
      int column,
      int eventInput,
      int eventText,
      int labelInput) {
    List<FeatureSpec> features = specs(schema);
    FeatureTransform transform = FeatureTransform.compile(features, event, missing(schema));
    if (!transform.schema().equals(schema)) {
      throw new FeatureSpecException(
          -1,
          "features that models still learn from are other columns now, as when the values of a"
              + " nominal changed: they were "
              + schema.columns().stream().map(c -> c.name() + c.values()).toList()
              + " and are "
              + transform.schema().columns().stream().map(c -> c.name() + c.values()).toList(),
          null);
    }
    KeyedFeatures keyed = plan(schema, event, label);
    return new Block(schema, transform, keyed, column, eventInput, eventText, labelInput);
  }

  private static KeyedFeatures plan(FeatureSchema schema, Schema event, LabelSource label) {
    return KeyedFeatures.compile(specs(schema), schema, event, label, missing(schema));
  }

  private static List<FeatureSpec> specs(FeatureSchema schema) {
    return schema.features().stream().map(DeclaredFeature::spec).toList();
  }

  /** All features of one spec have the same. */
  private static MissingPolicy missing(FeatureSchema schema) {
    return schema.features().get(0).missing();
  }

  public FeatureLayout layout() {
    return layout;
  }

  /**
   * @return a new vector, one value per column of the layout: NaN for missing, the index for a
   *     nominal
   * @throws UnfitEventException if a field's value is not one its feature takes, or a feature fails
   */
  public double[] apply(GenericRecord event) throws UnfitEventException {
    if (blocks.size() == 1) {
      return blocks.get(0).transform.apply(event);
    }
    double[] vector = new double[layout.size()];
    for (Block block : blocks) {
      double[] part = block.transform.apply(event);
      System.arraycopy(part, 0, vector, block.column, part.length);
    }
    return vector;
  }

  /** See {@link KeyedFeatures#eventInputs(GenericRecord)}. */
  public FeatureInputs eventInputs(GenericRecord event) throws UnfitEventException {
    if (blocks.size() == 1) {
      return blocks.get(0).keyed.eventInputs(event);
    }
    if (eventInputs == 0) {
      return FeatureInputs.NONE;
    }
    double[] numbers = new double[eventInputs];
    String[] texts = new String[eventTexts];
    for (Block block : blocks) {
      FeatureInputs part = block.keyed.eventInputs(event);
      System.arraycopy(part.event(), 0, numbers, block.eventInput, part.event().length);
      System.arraycopy(part.texts(), 0, texts, block.eventText, part.texts().length);
    }
    return FeatureInputs.NONE.withEvent(numbers).withTexts(texts);
  }

  /** See {@link KeyedFeatures#labelInputs(GenericRecord)}. */
  public double[] labelInputs(GenericRecord record) throws UnfitEventException {
    if (blocks.size() == 1) {
      return blocks.get(0).keyed.labelInputs(record);
    }
    double[] inputs = labelInputs == 0 ? NOTHING : new double[labelInputs];
    for (Block block : blocks) {
      double[] part = block.keyed.labelInputs(record);
      System.arraycopy(part, 0, inputs, block.labelInput, part.length);
    }
    return inputs;
  }

  /** Whether completing a vector may fail, see {@link LayoutMemory#complete}. */
  public boolean mayFail() {
    return blocks.stream().anyMatch(block -> block.keyed.mayFail());
  }

  /** Whether there is anything to remember of a key. */
  public boolean remember() {
    return blocks.stream().anyMatch(block -> block.keyed.remember());
  }

  /** Whether an event's inputs are needed when its label comes. */
  public boolean keepEventInputs() {
    return blocks.stream().anyMatch(block -> block.keyed.keepEventInputs());
  }

  /** Of a key without a past. */
  public LayoutMemory none() {
    return new LayoutMemory(this, blocks.stream().map(block -> block.keyed.none()).toList());
  }

  /**
   * What {@link LayoutMemory#write} made the bytes of, under this layout or an earlier one; what is
   * new has no past.
   *
   * @throws FeatureStateException if the bytes are broken, or of other features
   */
  public LayoutMemory read(byte[] bytes) throws FeatureStateException {
    return LayoutMemory.read(this, bytes);
  }

  List<Block> blocks() {
    return blocks;
  }

  KeyedFeatures plan(FeatureSchema schema) {
    return plans.get(schema.fingerprint());
  }

  /** A part of the inputs, missing where they are of an earlier layout. */
  static double[] part(double[] inputs, int from, int length) {
    if (from == 0 && length == inputs.length) {
      return inputs;
    }
    double[] part = new double[length];
    int there = Math.max(0, Math.min(length, inputs.length - from));
    if (there > 0) {
      System.arraycopy(inputs, from, part, 0, there);
    }
    Arrays.fill(part, there, length, Double.NaN);
    return part;
  }
}

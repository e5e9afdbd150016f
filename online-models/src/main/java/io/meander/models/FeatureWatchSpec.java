/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;

/**
 * A column of the features that is watched for drift: events only, no model changes.
 *
 * @param column its name in the feature schema
 * @param detector MOA's option string of a change detector
 */
public record FeatureWatchSpec(String column, Measure measure, String detector)
    implements Serializable {

  /** What of a column is watched. */
  public enum Measure {
    /** Its values, those that are not missing; of a numeric column only. */
    VALUE,
    /** How often its value is missing. */
    MISSING
  }

  /** Layout: column, measure, detector UTF. */
  public void write(DataOutput out) throws IOException {
    out.writeUTF(column);
    out.writeUTF(measure.name());
    out.writeUTF(detector);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it ends too early or names a measure that this release does not know
   */
  public static FeatureWatchSpec read(DataInput in) throws IOException {
    String column = in.readUTF();
    String measure = in.readUTF();
    try {
      return new FeatureWatchSpec(column, Measure.valueOf(measure), in.readUTF());
    } catch (IllegalArgumentException e) {
      throw new IOException("a measure that this release does not know: " + measure, e);
    }
  }
}

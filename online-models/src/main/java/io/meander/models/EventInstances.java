/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.yahoo.labs.samoa.instances.Instance;

/** The instances of one event, made when a learner of their schema asks. For one thread. */
final class EventInstances {

  private final double[] vector;
  private final Instance[] bySchema;

  /**
   * @param vector of the layout
   */
  EventInstances(double[] vector, ModelContext context) {
    this.vector = vector;
    this.bySchema = new Instance[context.headers().size()];
  }

  /** The one under a header, for voting. */
  Instance of(Header header) {
    Instance instance = bySchema[header.index()];
    if (instance == null) {
      instance = header.instance(vector);
      bySchema[header.index()] = instance;
    }
    return instance;
  }

  /** The one under a header, for a learner that may keep it: nobody is given it again. */
  Instance take(Header header) {
    Instance instance = of(header);
    bySchema[header.index()] = null;
    return instance;
  }
}

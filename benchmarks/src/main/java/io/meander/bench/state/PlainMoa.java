/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.bench.state;

import com.yahoo.labs.samoa.instances.InstancesHeader;
import io.meander.models.Observation;
import java.util.HashMap;
import java.util.Map;

/** MOA's models in a hash map: what learning costs where nothing is kept safe. */
final class PlainMoa implements Design {

  private final InstancesHeader header;
  private final String learner;
  private final Map<String, PlainModel> models = new HashMap<>();
  private double[] votes;

  PlainMoa(Source source, String learner) {
    this.header = PlainModel.header(source);
    this.learner = learner;
  }

  @Override
  public String name() {
    return "moa";
  }

  @Override
  public void learn(Observation event) {
    votes =
        models.computeIfAbsent(event.key(), key -> new PlainModel(header, learner)).learn(event);
  }

  @Override
  public Barrier checkpoint() {
    throw new UnsupportedOperationException("plain MOA keeps nothing");
  }

  /** The last answer; read so that it is not optimised away. */
  double[] votes() {
    return votes;
  }

  @Override
  public void close() {
    models.clear();
  }
}

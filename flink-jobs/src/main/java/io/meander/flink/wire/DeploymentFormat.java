/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.wire;

import io.meander.flink.learning.DeploymentCodec;
import io.meander.models.Deployment;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** As the deployment is stored. */
final class DeploymentFormat implements WireFormat<Deployment> {

  private static final long serialVersionUID = 1L;

  @Override
  public Class<Deployment> type() {
    return Deployment.class;
  }

  @Override
  public void write(Deployment value, DataOutput out) throws IOException {
    DeploymentCodec.write(value, out);
  }

  @Override
  public Deployment read(DataInput in) throws IOException {
    return DeploymentCodec.read(in);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.Deployment;
import io.meander.models.Redeclaration;
import io.meander.spec.PipelineSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What a job's spec declared when it started, kept beside the deployment that control commands have
 * made of it since. A job that starts from that with another spec makes the next generation of
 * both, {@link Redeclaration}; the gate and every learning task do so by themselves and come to the
 * same, since a checkpoint holds the same deployment for all of them. As bytes, in {@code
 * DataOutput}'s encoding: format version byte ({@value #FORMAT}), fingerprint of the features UTF,
 * number of classes int, the deployment as {@link DeploymentCodec} writes it.
 *
 * @param features fingerprint of their schema
 * @param classes how many; 0 of a regression
 */
public record Declared(Deployment deployment, String features, int classes) {

  private static final int FORMAT = 1;

  /** What is not stored, as parts of a policy that is not in force, tells no two apart. */
  public Declared {
    try {
      deployment = DeploymentCodec.read(DeploymentCodec.write(deployment));
    } catch (IOException e) {
      throw new UncheckedIOException("a deployment of our own cannot be read", e);
    }
  }

  public static Declared by(PipelineSpec spec) {
    return of(spec, spec.deployment());
  }

  /**
   * @param deployment the part of the spec's that its holder takes
   */
  static Declared of(PipelineSpec spec, Deployment deployment) {
    return new Declared(
        deployment, spec.modelContext().fingerprint(), spec.target().classes().size());
  }

  /**
   * The deployment of a job that starts with this spec.
   *
   * @param before what the spec of the job before declared
   * @param current the deployment of the job before
   */
  public Deployment onto(Declared before, Deployment current) {
    if (equals(before)) {
      return current;
    }
    return classes > before.classes
        ? Redeclaration.withAddedClasses(current, before.deployment, deployment)
        : Redeclaration.of(current, before.deployment, deployment);
  }

  public byte[] write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeUTF(features);
      out.writeInt(classes);
      DeploymentCodec.write(deployment, out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IOException if the bytes are of another format or end too early
   */
  public static Declared read(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "a stored declaration is of format " + format + ", this release reads " + FORMAT);
    }
    String features = in.readUTF();
    int classes = in.readInt();
    return new Declared(DeploymentCodec.read(in), features, classes);
  }
}

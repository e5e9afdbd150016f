/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import io.meander.models.Deployment;
import io.meander.models.DriftPolicies;
import io.meander.models.DriftSpec;
import io.meander.models.FeatureWatchSpec;
import io.meander.models.FreezeSpec;
import io.meander.models.FrozenTwin;
import io.meander.models.Order;
import io.meander.models.ServePolicy;
import io.meander.models.SizeLimit;
import io.meander.models.SlotSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A deployment as bytes, in operator state and on the broadcast edge. Layout, in {@code
 * DataOutput}'s encoding: format version byte (1), generation long, number of slots int, (id,
 * learner UTF, seed int) each, champion UTF, the drift policies (that of every slot, number of
 * slots with one of their own int, slot UTF and policy each, as {@link DriftSpec#write}, number of
 * watched features int, each as {@link FeatureWatchSpec#write}), number of frozen twins int, (slot
 * UTF, kind byte: 1 at, 2 after instances, 3 after time, with its long) each; number of limits int,
 * (slot UTF, bytes long, action UTF) each; the serving policy, as {@link ServePolicy#write}; number
 * of slots that are younger than the first generation int, (slot UTF, generation long) each; number
 * of orders int, (generation long, kind UTF, slot UTF, prefix UTF, version long) each.
 */
public final class DeploymentCodec {

  private static final int FORMAT = 1;
  private static final int AT = 1;
  private static final int AFTER_INSTANCES = 2;
  private static final int AFTER_TIME = 3;

  private DeploymentCodec() {}

  public static byte[] write(Deployment deployment) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(deployment, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  public static Deployment read(byte[] bytes) throws IOException {
    return read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  public static void write(Deployment deployment, DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeLong(deployment.generation());
    out.writeInt(deployment.slots().size());
    for (SlotSpec slot : deployment.slots()) {
      out.writeUTF(slot.id());
      out.writeUTF(slot.learner());
      out.writeInt(slot.seed());
    }
    out.writeUTF(deployment.champion());
    writeDrift(deployment.drift(), out);
    out.writeInt(deployment.twins().size());
    for (FrozenTwin twin : deployment.twins()) {
      out.writeUTF(twin.id());
      writeFreeze(twin.when(), out);
    }
    out.writeInt(deployment.limits().size());
    for (Map.Entry<String, SizeLimit> limit : deployment.limits().entrySet()) {
      out.writeUTF(limit.getKey());
      out.writeLong(limit.getValue().bytes());
      out.writeUTF(limit.getValue().action().name());
    }
    deployment.serve().write(out);
    out.writeInt(deployment.since().size());
    for (Map.Entry<String, Long> since : deployment.since().entrySet()) {
      out.writeUTF(since.getKey());
      out.writeLong(since.getValue());
    }
    out.writeInt(deployment.orders().size());
    for (Order order : deployment.orders()) {
      writeOrder(order, out);
    }
  }

  /**
   * @throws IOException if the bytes are of another format or end too early
   */
  public static Deployment read(DataInput in) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "a stored deployment is of format " + format + ", this release reads " + FORMAT);
    }
    long generation = in.readLong();
    List<SlotSpec> slots = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      slots.add(new SlotSpec(in.readUTF(), in.readUTF(), in.readInt()));
    }
    String champion = in.readUTF();
    DriftPolicies drift = readDrift(in);
    List<FrozenTwin> twins = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      twins.add(new FrozenTwin(in.readUTF(), readFreeze(in)));
    }
    Map<String, SizeLimit> limits = new TreeMap<>();
    for (int count = in.readInt(); count > 0; count--) {
      limits.put(
          in.readUTF(), new SizeLimit(in.readLong(), SizeLimit.Action.valueOf(in.readUTF())));
    }
    ServePolicy serve = ServePolicy.read(in);
    Map<String, Long> since = new TreeMap<>();
    for (int count = in.readInt(); count > 0; count--) {
      since.put(in.readUTF(), in.readLong());
    }
    List<Order> orders = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      orders.add(readOrder(in));
    }
    return new Deployment(generation, slots, champion, drift, twins, limits, serve, since, orders);
  }

  /** An order's part of the layout. */
  public static void writeOrder(Order order, DataOutput out) throws IOException {
    out.writeLong(order.generation());
    out.writeUTF(order.kind().name());
    out.writeUTF(order.slot());
    out.writeUTF(order.prefix());
    out.writeLong(order.version());
  }

  /**
   * @throws IOException if it is of a kind that this release does not know, or ends too early
   */
  public static Order readOrder(DataInput in) throws IOException {
    long generation = in.readLong();
    String kind = in.readUTF();
    try {
      return new Order(
          generation, Order.Kind.valueOf(kind), in.readUTF(), in.readUTF(), in.readLong());
    } catch (IllegalArgumentException e) {
      throw new IOException("a stored deployment has an order of kind " + kind, e);
    }
  }

  private static void writeFreeze(FreezeSpec freeze, DataOutput out) throws IOException {
    if (freeze instanceof FreezeSpec.At at) {
      out.writeByte(AT);
      out.writeLong(at.time().toEpochMilli());
    } else if (freeze instanceof FreezeSpec.AfterInstances after) {
      out.writeByte(AFTER_INSTANCES);
      out.writeLong(after.instances());
    } else {
      out.writeByte(AFTER_TIME);
      out.writeLong(((FreezeSpec.AfterTime) freeze).time().toMillis());
    }
  }

  private static FreezeSpec readFreeze(DataInput in) throws IOException {
    int kind = in.readByte();
    long value = in.readLong();
    return switch (kind) {
      case AT -> new FreezeSpec.At(Instant.ofEpochMilli(value));
      case AFTER_INSTANCES -> new FreezeSpec.AfterInstances(value);
      case AFTER_TIME -> new FreezeSpec.AfterTime(Duration.ofMillis(value));
      default -> throw new IOException("a stored deployment has the freeze rule " + kind);
    };
  }

  private static void writeDrift(DriftPolicies drift, DataOutput out) throws IOException {
    drift.every().write(out);
    out.writeInt(drift.bySlot().size());
    for (Map.Entry<String, DriftSpec> own : drift.bySlot().entrySet()) {
      out.writeUTF(own.getKey());
      own.getValue().write(out);
    }
    out.writeInt(drift.features().size());
    for (FeatureWatchSpec feature : drift.features()) {
      feature.write(out);
    }
  }

  private static DriftPolicies readDrift(DataInput in) throws IOException {
    DriftSpec every = DriftSpec.read(in);
    Map<String, DriftSpec> bySlot = new TreeMap<>();
    for (int count = in.readInt(); count > 0; count--) {
      bySlot.put(in.readUTF(), DriftSpec.read(in));
    }
    List<FeatureWatchSpec> features = new ArrayList<>();
    for (int count = in.readInt(); count > 0; count--) {
      features.add(FeatureWatchSpec.read(in));
    }
    return new DriftPolicies(every, bySlot, features);
  }
}

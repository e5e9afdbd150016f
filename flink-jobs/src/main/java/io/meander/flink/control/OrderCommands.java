/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.ControlCommand;
import io.meander.avro.Rollback;
import io.meander.features.NearestName;
import io.meander.flink.payloads.PayloadFolder;
import io.meander.models.Deployment;
import io.meander.models.Directive;
import io.meander.models.KeptVersions;
import io.meander.models.LearnerCodec;
import io.meander.models.ModelFormatException;
import io.meander.models.Order;
import io.meander.models.SlotSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a command orders of slots that are there already: kept in the deployment if it is for all
 * keys or those with a prefix, sent to each key if it lists them. Pure, but for the payload that a
 * command names, which is read.
 */
final class OrderCommands {

  /** Keys that a command may list. */
  static final int MAX_KEYS = 1000;

  /** Keys that a command with a payload may list: each gets a copy. */
  static final int MAX_KEYS_WITH_PAYLOAD = 16;

  /** Orders for prefixes that may hold at a time. */
  static final int MAX_PREFIXES = 64;

  /** Of a payload that a command names. */
  static final long MAX_PAYLOAD_BYTES = 256L << 20;

  private final LearnerCodec codec;
  private final PayloadFolder payloadsOrNull;

  /**
   * @param codec of the pipeline, by which payloads are checked
   * @param payloadsOrNull where payloads are that commands name; null: nowhere
   */
  OrderCommands(LearnerCodec codec, PayloadFolder payloadsOrNull) {
    this.codec = codec;
    this.payloadsOrNull = payloadsOrNull;
  }

  /** What the gate sends: the deployment to all, the directives each to its key. */
  record Accepted(Deployment deployment, List<Directive> directives) {}

  /**
   * @param command one that orders something
   */
  Accepted apply(ControlCommand command, Deployment current) throws RefusedCommandException {
    Order order = order(command, current);
    List<String> keys = keys(command);
    KeptVersions.Kept payload = payload(command, order, current, keys);
    Deployment next = next(current, keys.isEmpty() ? order : null);
    List<Directive> directives =
        keys.stream().map(key -> new Directive(key, next, order, payload)).toList();
    return new Accepted(next, directives);
  }

  private static Order order(ControlCommand command, Deployment current)
      throws RefusedCommandException {
    long generation = current.generation() + 1;
    String prefix = command.getPrefix() == null ? Order.ALL_KEYS : command.getPrefix();
    if (command.getPromote() != null) {
      String slot = slot(command.getPromote().getSlot(), current);
      return new Order(generation, Order.Kind.PROMOTE, slot, prefix, 0);
    }
    if (command.getReset() != null) {
      String slot = slot(command.getReset().getSlot(), current);
      return new Order(generation, Order.Kind.RESET, slot, prefix, 0);
    }
    if (command.getRollback() != null) {
      Rollback rollback = command.getRollback();
      Long version = rollback.getVersion();
      if (version != null && version < 1) {
        throw new RefusedCommandException(
            "rollback.version: found " + version + "; allowed: 1 and more, versions begin at 1");
      }
      return new Order(
          generation,
          Order.Kind.ROLLBACK,
          slot(rollback.getSlot(), current),
          prefix,
          version == null ? Order.NEWEST : version);
    }
    boolean freeze = command.getFreeze() != null;
    String named = freeze ? command.getFreeze().getSlot() : command.getResume().getSlot();
    return new Order(
        generation,
        freeze ? Order.Kind.FREEZE : Order.Kind.RESUME,
        named == null ? Order.ALL_SLOTS : slot(named, current),
        prefix,
        0);
  }

  /** A slot that is named: one that is there, so not {@link Order#ALL_SLOTS}. */
  private static String slot(String named, Deployment current) throws RefusedCommandException {
    if (current.slot(named) == null) {
      List<String> ids = current.slots().stream().map(SlotSpec::id).toList();
      throw new RefusedCommandException(
          "slot: there is no slot '"
              + named
              + "'"
              + NearestName.suggestion(named, ids)
              + " (slots: "
              + String.join(", ", ids)
              + ")");
    }
    return named;
  }

  private static List<String> keys(ControlCommand command) throws RefusedCommandException {
    Set<String> keys = new LinkedHashSet<>(command.getKeys());
    if (command.getPrefix() != null) {
      if (!keys.isEmpty()) {
        throw new RefusedCommandException("prefix: found beside keys; give one of the two");
      }
      if (command.getPrefix().isEmpty()) {
        throw new RefusedCommandException("prefix: empty; leave it out for all keys");
      }
    }
    if (keys.contains("")) {
      throw new RefusedCommandException("keys: an empty text is not a model key");
    }
    if (keys.size() > MAX_KEYS) {
      throw new RefusedCommandException(
          "keys: found "
              + keys.size()
              + "; allowed: up to "
              + MAX_KEYS
              + " in a command. Send more commands, or use a prefix");
    }
    return List.copyOf(keys);
  }

  /** The version that comes with the command, in it or under a URI; null if none does. */
  private KeptVersions.Kept payload(
      ControlCommand command, Order order, Deployment current, List<String> keys)
      throws RefusedCommandException {
    Rollback rollback = command.getRollback();
    if (rollback == null || (rollback.getPayload() == null && rollback.getPayloadUri() == null)) {
      return null;
    }
    String field = rollback.getPayload() == null ? "rollback.payload_uri" : "rollback.payload";
    if (keys.isEmpty() || keys.size() > MAX_KEYS_WITH_PAYLOAD) {
      throw new RefusedCommandException(
          field
              + ": is for a command that lists its keys, up to "
              + MAX_KEYS_WITH_PAYLOAD
              + ", and this one lists "
              + keys.size());
    }
    long trained = rollback.getTrainedInstances();
    if (trained < 0) {
      throw new RefusedCommandException(
          "rollback.trained_instances: found " + trained + "; allowed: 0 and more");
    }
    byte[] payload = bytes(rollback);
    SlotSpec slot = current.slot(order.slot());
    try {
      codec.check(slot, payload);
    } catch (ModelFormatException e) {
      throw new RefusedCommandException(field + ": it " + e.getMessage(), e);
    }
    return new KeptVersions.Kept(slot, order.version(), trained, payload);
  }

  private byte[] bytes(Rollback rollback) throws RefusedCommandException {
    ByteBuffer given = rollback.getPayload();
    String uri = rollback.getPayloadUri();
    if (given != null) {
      if (uri != null) {
        throw new RefusedCommandException(
            "rollback.payload_uri: found beside payload; give one of the two");
      }
      byte[] payload = new byte[given.remaining()];
      given.duplicate().get(payload);
      return payload;
    }
    if (payloadsOrNull == null) {
      throw new RefusedCommandException(
          "rollback.payload_uri: the job's spec has no snapshots.payloads, where payloads are that"
              + " commands name; send the payload itself");
    }
    try {
      return payloadsOrNull.get(uri, MAX_PAYLOAD_BYTES);
    } catch (IOException e) {
      throw new RefusedCommandException("rollback.payload_uri: " + e.getMessage(), e);
    }
  }

  /** The next generation, with what still holds of the orders so far and perhaps one more. */
  private static Deployment next(Deployment current, Order orderOrNull)
      throws RefusedCommandException {
    List<Order> orders = new ArrayList<>(current.orders());
    String champion = current.champion();
    if (orderOrNull != null) {
      orders.removeIf(orderOrNull::voids);
      orders.add(orderOrNull);
      if (orderOrNull.kind() == Order.Kind.PROMOTE && orderOrNull.prefix().equals(Order.ALL_KEYS)) {
        champion = orderOrNull.slot();
      }
      long prefixes = orders.stream().filter(o -> !o.prefix().equals(Order.ALL_KEYS)).count();
      if (!orderOrNull.prefix().equals(Order.ALL_KEYS) && prefixes > MAX_PREFIXES) {
        throw new RefusedCommandException(
            "prefix: "
                + MAX_PREFIXES
                + " orders for prefixes hold already; one for all keys, or for a shorter prefix,"
                + " replaces those that it covers");
      }
    }
    return new Deployment(
        current.generation() + 1,
        current.slots(),
        champion,
        current.drift(),
        current.twins(),
        current.limits(),
        current.serve(),
        current.since(),
        orders);
  }
}

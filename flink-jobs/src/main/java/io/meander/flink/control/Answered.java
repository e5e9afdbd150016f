/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.control;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ControlAck;
import io.meander.avro.MalformedEventException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The acknowledgements of the last commands by their ids, so that a command that comes again is
 * answered again and not carried out twice. Bounded; the oldest goes first.
 */
final class Answered {

  static final int MAX = 1000;

  private final Map<String, ControlAck> byId = new LinkedHashMap<>();

  /** The acknowledgement of the command with this id, or null. */
  ControlAck get(String commandId) {
    return byId.get(commandId);
  }

  void add(ControlAck ack) {
    byId.put(ack.getCommandId(), ack);
    if (byId.size() > MAX) {
      byId.remove(byId.keySet().iterator().next());
    }
  }

  /** Each as {@link AvroEncoding} writes it, oldest first. */
  List<byte[]> write() {
    List<byte[]> written = new ArrayList<>();
    byId.values().forEach(ack -> written.add(AvroEncoding.encode(ack)));
    return written;
  }

  static Answered read(Iterable<byte[]> written) throws MalformedEventException {
    Answered answered = new Answered();
    for (byte[] bytes : written) {
      answered.add(AvroEncoding.decode(bytes, ControlAck.class));
    }
    return answered;
  }
}

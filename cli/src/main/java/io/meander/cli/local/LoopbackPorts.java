/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds TCP ports on 127.0.0.1. A port found free may be taken by the time it is bound. */
public final class LoopbackPorts {

  public static final String HOST = "127.0.0.1";

  private LoopbackPorts() {}

  /** A port that nobody listens on, chosen by the operating system. */
  public static int free() throws IOException {
    try (ServerSocket socket = bind(0)) {
      return socket.getLocalPort();
    }
  }

  /** Likewise, another one than that: the operating system may choose the same twice. */
  static int freeBut(int other) throws IOException {
    int port = free();
    while (port == other) {
      port = free();
    }
    return port;
  }

  public static boolean isFree(int port) {
    try (ServerSocket socket = bind(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static ServerSocket bind(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      // As Flink and Kafka bind: connections in TIME_WAIT of a former run do not make it used.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}

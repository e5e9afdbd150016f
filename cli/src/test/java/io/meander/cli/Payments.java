/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Payments, and on a topic of their own the verdicts on them. */
final class Payments {

  private Payments() {}

  /** {@code payment.avsc} and {@code charge.avsc}. */
  static void writeSchemas(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("payment.avsc"),
        """
        {"type": "record", "name": "Payment", "fields": [
          {"name": "id", "type": "string"},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "shop", "type": "string"},
          {"name": "amount", "type": "double"}]}
        """);
    Files.writeString(
        folder.resolve("charge.avsc"),
        """
        {"type": "record", "name": "Charge", "fields": [
          {"name": "payment", "type": "string"},
          {"name": "came", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "shop", "type": "string"},
          {"name": "verdict", "type": {"type": "enum", "name": "V", "symbols": ["ok", "bad"]}}]}
        """);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.avro.AvroEncoding;
import io.meander.avro.ModelSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** {@code models/KEY/SLOT.snapshot}: the last snapshots, as they are on the topic. */
public final class ModelFiles {

  private static final String PLAIN =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.";

  private static final int LONGEST_NAME = 200;

  private final Path folderOrNull;
  private final Map<List<String>, Long> bytes = new TreeMap<>((a, b) -> text(a).compareTo(text(b)));

  /**
   * @param folderOrNull of the results; null to keep the sizes only
   */
  public ModelFiles(Path folderOrNull) {
    this.folderOrNull = folderOrNull;
  }

  /** Writes one file; an earlier one of the same key and slot is replaced. */
  public void write(ModelSnapshot snapshot) {
    bytes.put(
        List.of(snapshot.getKey(), snapshot.getSlot()), (long) snapshot.getPayload().remaining());
    if (folderOrNull == null) {
      return;
    }
    Path file =
        folderOrNull
            .resolve("models")
            .resolve(fileName(snapshot.getKey()))
            .resolve(snapshot.getSlot() + ".snapshot");
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, AvroEncoding.encode(snapshot));
    } catch (IOException e) {
      throw new ReportException("cannot write " + file, e);
    }
  }

  /** Size of the slot's last model, or null if none came. */
  Long bytes(String key, String slot) {
    return bytes.get(List.of(key, slot));
  }

  /** Sizes of the slot's last models of all keys, the smallest first. */
  List<Long> sizes(String slot) {
    return bytes.entrySet().stream()
        .filter(entry -> entry.getKey().get(1).equals(slot))
        .map(Map.Entry::getValue)
        .sorted()
        .toList();
  }

  /**
   * The key with every byte but letters, digits, dot, dash and underscore as %XX; of a name too
   * long for a file system the beginning and, after {@code %.}, a CRC-32C of the key.
   */
  public static String fileName(String key) {
    StringBuilder name = new StringBuilder();
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      boolean leadingDot = b == '.' && name.isEmpty();
      if (PLAIN.indexOf(b) >= 0 && !leadingDot) {
        name.append((char) b);
      } else {
        name.append("%%%02X".formatted(b));
      }
    }
    if (name.length() > LONGEST_NAME) {
      CRC32C checksum = new CRC32C();
      checksum.update(key.getBytes(StandardCharsets.UTF_8));
      return name.substring(0, LONGEST_NAME - 10) + "%%.%08X".formatted(checksum.getValue());
    }
    return name.isEmpty() ? "%" : name.toString();
  }

  private static String text(List<String> keyAndSlot) {
    return String.join("\0", keyAndSlot);
  }
}

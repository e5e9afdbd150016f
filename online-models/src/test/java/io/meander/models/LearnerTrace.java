/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;

/**
 * What an undisturbed learner did, for another JVM to compare with.
 *
 * @param votes raw, before each instance was learned
 * @param images serialised, by the number of instances learned
 * @param end the canonical bytes after the last instance
 */
record LearnerTrace(
    int columns,
    boolean nominals,
    boolean missing,
    int classes,
    double[][] votes,
    SortedMap<Integer, byte[]> images,
    byte[] end)
    implements Serializable {

  ContractStream.Kind kind() {
    return new ContractStream.Kind(columns, nominals, missing, classes);
  }

  void store(Path file) throws IOException {
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
      out.writeObject(this);
    }
  }

  static LearnerTrace load(Path file) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
      return (LearnerTrace) in.readObject();
    }
  }
}

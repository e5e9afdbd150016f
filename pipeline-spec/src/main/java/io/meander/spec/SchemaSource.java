/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.spec;

import java.io.IOException;

/** Reads the files that a spec names, so that a spec may live on any file system. */
@FunctionalInterface
public interface SchemaSource {

  /**
   * @param path as the spec says it, relative to the spec
   * @return the file's text
   * @throws IOException if it cannot be read
   */
  String read(String path) throws IOException;
}

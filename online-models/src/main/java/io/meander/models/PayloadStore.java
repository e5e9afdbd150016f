/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import java.io.IOException;
import java.net.URI;

/**
 * Where the payloads are kept that are too large for a record: bytes under a URI that never change
 * once they are there. Implementations are found by {@link java.util.ServiceLoader} and are
 * thread-safe.
 */
public interface PayloadStore {

  /** Whether this store knows the URI's scheme. */
  boolean supports(URI uri);

  /**
   * @param most bytes that are read; if there are more, that is an error
   * @throws IOException if there is nothing there, or it cannot be read
   */
  byte[] get(URI uri, long most) throws IOException;

  /**
   * Writes all bytes or none: whoever reads the URI meets nothing or the whole. Writing the same
   * again is no error.
   *
   * @throws IOException if it cannot be written
   */
  void put(URI uri, byte[] payload) throws IOException;

  /**
   * Nothing to delete is no error.
   *
   * @throws IOException if it is there and cannot be deleted
   */
  void delete(URI uri) throws IOException;
}

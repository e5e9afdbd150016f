/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.serving;

import io.meander.models.PayloadStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Payloads in files. */
public final class FilePayloads implements PayloadStore {

  @Override
  public boolean supports(URI uri) {
    return "file".equals(uri.getScheme());
  }

  @Override
  public byte[] get(URI uri, long most) throws IOException {
    try (InputStream in = Files.newInputStream(Path.of(uri))) {
      return readAtMost(in, most, uri);
    }
  }

  @Override
  public void put(URI uri, byte[] payload) throws IOException {
    Path file = Path.of(uri);
    Files.createDirectories(file.getParent());
    Path part = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part");
    try {
      Files.write(part, payload);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  @Override
  public void delete(URI uri) throws IOException {
    Files.deleteIfExists(Path.of(uri));
  }

  static byte[] readAtMost(InputStream in, long most, URI uri) throws IOException {
    int limit = (int) Math.min(Integer.MAX_VALUE - 16, most);
    byte[] bytes = in.readNBytes(limit);
    if (in.read() >= 0) {
      throw new IOException(uri + " has more than the " + most + " bytes that its snapshot names");
    }
    return bytes;
  }
}

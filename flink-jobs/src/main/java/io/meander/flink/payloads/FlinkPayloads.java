/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.payloads;

import io.meander.models.PayloadStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.Set;
import java.util.UUID;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Payloads in any file system that Flink has: s3, gs, abfs, hdfs, file. */
public final class FlinkPayloads implements PayloadStore {

  /** What being written is called besides its name. */
  static final String PART = ".part-";

  /** Where other stores serve every JVM. */
  private static final Set<String> OTHERS = Set.of("file", "http", "https");

  @Override
  public boolean supports(URI uri) {
    return !OTHERS.contains(uri.getScheme());
  }

  @Override
  public byte[] get(URI uri, long most) throws IOException {
    Path path = new Path(uri);
    try (InputStream in = path.getFileSystem().open(path)) {
      byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 16, most));
      if (in.read() >= 0) {
        throw new IOException(uri + " has more than " + most + " bytes");
      }
      return bytes;
    }
  }

  @Override
  public void put(URI uri, byte[] payload) throws IOException {
    Path path = new Path(uri);
    FileSystem files = path.getFileSystem();
    files.mkdirs(path.getParent());
    Path part = new Path(path.getParent(), path.getName() + PART + UUID.randomUUID());
    try {
      try (OutputStream out = files.create(part, FileSystem.WriteMode.NO_OVERWRITE)) {
        out.write(payload);
      }
      if (!files.rename(part, path)) {
        files.delete(path, false);
        if (!files.rename(part, path)) {
          throw new IOException("cannot rename " + part + " to " + path.getName());
        }
      }
    } catch (IOException e) {
      files.delete(part, false);
      throw e;
    }
  }

  @Override
  public void delete(URI uri) throws IOException {
    Path path = new Path(uri);
    FileSystem files = path.getFileSystem();
    if (!files.delete(path, false) && files.exists(path)) {
      throw new IOException(uri + " cannot be deleted");
    }
  }
}

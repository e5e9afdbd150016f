/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * An Avro container file's bytes, watched for a broken end: Avro takes a last block that is cut off
 * for the end of the file, but a whole file ends with its sync marker.
 */
final class SyncedStream extends FilterInputStream {

  private static final int MARKER = 16;
  private static final int MAX_HEADER = 1 << 22;

  private final byte[] sync;
  private final byte[] last = new byte[MARKER];

  /**
   * @param in at the file's beginning, with mark and reset
   * @throws IOException if it does not begin as such a file does
   */
  SyncedStream(InputStream in) throws IOException {
    super(in);
    this.sync = readSync(in);
  }

  private static byte[] readSync(InputStream in) throws IOException {
    in.mark(MAX_HEADER);
    BinaryDecoder header = DecoderFactory.get().directBinaryDecoder(in, null);
    header.readFixed(new byte[4]);
    for (long entries = header.readMapStart(); entries != 0; entries = header.mapNext()) {
      for (long i = 0; i < entries; i++) {
        header.skipString();
        header.skipBytes();
      }
    }
    byte[] sync = new byte[MARKER];
    header.readFixed(sync);
    in.reset();
    return sync;
  }

  /** Whether the last bytes that were read, once all were, are a whole file's. */
  boolean endsWhole() {
    return Arrays.equals(sync, last);
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    if (next >= 0) {
      remember(new byte[] {(byte) next}, 0, 1);
    }
    return next;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    if (count > 0) {
      remember(bytes, offset, count);
    }
    return count;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void remember(byte[] bytes, int offset, int count) {
    int fresh = Math.min(count, MARKER);
    System.arraycopy(last, fresh, last, 0, MARKER - fresh);
    System.arraycopy(bytes, offset + count - fresh, last, MARKER - fresh, fresh);
  }
}

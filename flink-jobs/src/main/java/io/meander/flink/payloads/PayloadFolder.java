/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.payloads;

import io.meander.models.PayloadStore;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Leaves records' payloads in a pipeline's folder, under the SHA-256 of their bytes. Records have
 * the fields {@code payload} and {@code payload_uri}.
 */
public final class PayloadFolder {

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final PayloadStore store;
  private final URI folder;
  private final String pipeline;

  /**
   * @param folder of all pipelines' payloads
   */
  public PayloadFolder(PayloadStore store, URI folder, String pipeline) {
    this.store = store;
    this.folder = folder;
    this.pipeline = pipeline;
  }

  /**
   * Writes a record's payload.
   *
   * @param record stays as it is
   * @param empty a new record of the same kind
   * @return {@code empty}, made what follows from the record: without payload, and with its URI
   */
  <T extends SpecificRecordBase> T offload(T record, T empty) throws IOException {
    Schema schema = record.getSchema();
    int payload = schema.getField("payload").pos();
    URI uri = put((ByteBuffer) record.get(payload));
    for (Schema.Field field : schema.getFields()) {
      empty.put(field.pos(), record.get(field.pos()));
    }
    empty.put(payload, ByteBuffer.allocate(0));
    empty.put(schema.getField("payload_uri").pos(), uri.toString());
    return empty;
  }

  /**
   * What is at a URI of this folder.
   *
   * @param most bytes that are read; if there are more, that is an error
   * @throws IOException if the URI is none of this folder's, nothing is there, or it is not what
   *     its name says
   */
  public byte[] get(String uri, long most) throws IOException {
    String hash = uri.substring(uri.lastIndexOf('/') + 1);
    if (!HASH.matcher(hash).matches()
        || !PayloadNames.of(folder, pipeline, hash).toString().equals(uri)) {
      throw new IOException(
          "'%s' is not a payload in %s".formatted(uri, PayloadNames.folder(folder, pipeline)));
    }
    byte[] bytes = store.get(URI.create(uri), most);
    if (!sha256(bytes).equals(hash)) {
      throw new IOException("what is at " + uri + " is not what its name says: it was changed");
    }
    return bytes;
  }

  /**
   * Writes a payload.
   *
   * @return where
   */
  public URI put(ByteBuffer payload) throws IOException {
    byte[] bytes = new byte[payload.remaining()];
    payload.duplicate().get(bytes);
    URI uri = PayloadNames.of(folder, pipeline, sha256(bytes));
    store.put(uri, bytes);
    return uri;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

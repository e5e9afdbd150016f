/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.payloads;

import java.net.URI;

/** {@code FOLDER/PIPELINE/HH/HASH}: the hash's first two digits keep folders small. */
final class PayloadNames {

  private static final int SPREAD = 2;

  private PayloadNames() {}

  /** The folder of all payloads of a pipeline. */
  static URI folder(URI folder, String pipeline) {
    String text = folder.toString();
    return URI.create((text.endsWith("/") ? text : text + "/") + pipeline);
  }

  /**
   * @param hash of the payload, hexadecimal
   */
  static URI of(URI folder, String pipeline, String hash) {
    return URI.create(folder(folder, pipeline) + "/" + hash.substring(0, SPREAD) + "/" + hash);
  }
}

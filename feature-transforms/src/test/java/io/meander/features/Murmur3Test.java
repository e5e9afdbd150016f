/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;

class Murmur3Test {

  @Property
  void avrosTextHashesAsTheTextItReads(@ForAll byte[] bytes) {
    assertThat(Murmur3.hash(new Utf8(bytes))).isEqualTo(Murmur3.hash(new Utf8(bytes).toString()));
  }

  @Property
  void textHashesAlikeInBothForms(@ForAll String text) {
    assertThat(Murmur3.hash(new Utf8(text))).isEqualTo(Murmur3.hash(new Utf8(text).toString()));
  }

  @Test
  void reusedTextHashesItsOwnBytesOnly() {
    Utf8 text = new Utf8("abcdefgh");
    text.setByteLength(5);
    assertThat(Murmur3.hash(text)).isEqualTo(Murmur3.hash("abcde"));
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.features;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
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

  @Property
  void severalHashAsTheirJoinedText(@ForAll @Size(min = 2, max = 4) List<String> parts) {
    String joined = ModelKey.join(parts.toArray(String[]::new));
    assertThat(Murmur3.hash(parts.stream().map(Utf8::new).toArray()))
        .isEqualTo(Murmur3.hash(new Utf8(joined).toString()));
  }

  @Test
  void hashesAsGuavasMurmur3DoesAndEscapesWhatParts() {
    for (String text : List.of("", "a", "ab", "abc", "abcd", "abcde", "DFW|\\x", "Zürich", "東京")) {
      assertThat(Murmur3.hash(text))
          .isEqualTo(Hashing.murmur3_32_fixed().hashString(text, StandardCharsets.UTF_8).asInt());
    }
    assertThat(Murmur3.hash(new Object[] {new Utf8("a|b"), "c\\", 5}))
        .isEqualTo(Murmur3.hash("a\\|b|c\\\\|5"));
  }

  @Test
  void reusedTextHashesItsOwnBytesOnly() {
    Utf8 text = new Utf8("abcdefgh");
    text.setByteLength(5);
    assertThat(Murmur3.hash(text)).isEqualTo(Murmur3.hash("abcde"));
  }
}

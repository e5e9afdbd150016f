/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import moa.classifiers.core.driftdetection.ChangeDetector;

/**
 * What all model sets of the same slots have in common, as zstd dictionaries: the serialised form
 * of the slots before they learned anything, made anew from their option strings wherever it is
 * needed. Class descriptions, option objects and their texts, most of a young model's bytes, are
 * then stored nowhere. Not thread-safe.
 */
final class Templates {

  /** Dictionaries kept, by slots; deployments change seldom. */
  private static final int KEPT = 16;

  private final ModelContext context;
  private final Map<Key, Template> templates =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Template> eldest) {
          return size() > KEPT;
        }
      };

  Templates(ModelContext context) {
    this.context = context;
  }

  /**
   * The part of a slot that its template depends on.
   *
   * @param drift null for the frozen twin
   * @param fingerprint of the feature schema that its learner learns under
   */
  record Slot(SlotSpec spec, DriftSpec drift, String fingerprint) {}

  /**
   * A dictionary both ways.
   *
   * @param checksum CRC-32C of its bytes: another one cannot read what this one wrote
   */
  record Template(ZstdDictCompress compress, ZstdDictDecompress decompress, int checksum) {}

  private record Key(List<Slot> slots, int classes) {}

  /**
   * @param classes how many the label had; some may have been added since
   */
  Template of(List<Slot> slots, int classes) {
    return templates.computeIfAbsent(new Key(List.copyOf(slots), classes), this::make);
  }

  /** Slots of the same schema in a row are one stream of objects. */
  private Template make(Key key) {
    ModelContext then = context.withClasses(key.classes());
    List<Slot> slots = key.slots();
    ByteArrayOutputStream streams = new ByteArrayOutputStream();
    for (int from = 0; from < slots.size(); ) {
      Header header = then.header(slots.get(from).fingerprint());
      List<Object> objects = new ArrayList<>();
      while (from < slots.size() && slots.get(from).fingerprint().equals(header.fingerprint())) {
        add(slots.get(from++), header, objects);
      }
      streams.writeBytes(JavaObjects.write(objects.toArray(), header.instances()));
    }
    byte[] bytes = streams.toByteArray();
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return new Template(
        new ZstdDictCompress(bytes, Envelope.COMPRESSION_LEVEL),
        new ZstdDictDecompress(bytes),
        (int) crc.getValue());
  }

  private void add(Slot slot, Header header, List<Object> objects) {
    objects.add(Learners.create(slot.spec(), header).classifier());
    if (slot.drift() != null) {
      objects.add(detector(slot.drift().detector()));
      objects.add(slot.drift().warningDetector().map(this::detector).orElse(null));
    }
  }

  private ChangeDetector detector(String optionString) {
    return DriftWatch.detector(optionString, context.target().watchesBothWays(), Detectors::made);
  }
}

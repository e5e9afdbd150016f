/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.flink.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meander.features.FeatureInputs;
import io.meander.flink.learning.Waiting.State;
import io.meander.models.Answer;
import io.meander.models.Answer.SlotAnswer;
import io.meander.models.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What waits for labels, as bytes. Those of format 1 are stored and must always be read. */
class WaitingCodecTest {

  private static final Path STORED = Path.of("src/test/resources/formats");

  @Test
  void readsWhatFormat1Wrote() throws Exception {
    if (Boolean.getBoolean("meander.regenerate")) {
      Files.write(STORED.resolve("waiting-1.bin"), WaitingCodec.write(waiting()));
      Files.write(STORED.resolve("waits-1.bin"), queue().write());
    }
    byte[] stored = Files.readAllBytes(STORED.resolve("waiting-1.bin"));

    assertThat(stored).isEqualTo(WaitingCodec.write(waiting()));
    Waiting read = WaitingCodec.read("e1", "ATL", stored);
    assertThat(read.stored).isTrue();
    read.stored = false;
    assertThat(read)
        .usingRecursiveComparison()
        .withComparatorForType(Double::compare, Double.class)
        .isEqualTo(waiting());
    byte[] waits = Files.readAllBytes(STORED.resolve("waits-1.bin"));
    assertThat(waits).isEqualTo(queue().write());
    assertThat(WaitingQueue.read("ATL", waits))
        .usingRecursiveComparison()
        .ignoringFields("storedTail")
        .isEqualTo(queue());
  }

  @Test
  void whatIsNotKeptComesBackAsNothing() {
    Waiting early = new Waiting(State.EARLY, 3, 100, 5);
    early.label = 1;
    early.correction = 0;

    Waiting read = WaitingCodec.read("e1", "ATL", WaitingCodec.write(early));

    assertThat(read.state).isEqualTo(State.EARLY);
    assertThat(read.correction).isZero();
    assertThat(read.answerOrNull).isNull();
    assertThat(read.featuresOrNull).isNull();
  }

  @Test
  void whatAVoteServedComesBack() {
    Waiting waiting = waiting();
    Answer slots = waiting.answerOrNull;
    waiting.answerOrNull =
        new Answer(
            slots.eventId(),
            slots.key(),
            slots.eventTime(),
            slots.generation(),
            slots.slots(),
            Answer.COMBINED,
            slots.noChange(),
            slots.typical(),
            slots.slices(),
            slots.backgrounds(),
            new SlotAnswer("served", 0, 15, 0, 1, new double[] {0.4, 0.6}));

    Waiting read = WaitingCodec.read("e1", "ATL", WaitingCodec.write(waiting));

    assertThat(read.answerOrNull).usingRecursiveComparison().isEqualTo(waiting.answerOrNull);
  }

  @Test
  void bytesThatAreNoSuchThingAreRefusedWithEventAndKey() {
    byte[] bytes = WaitingCodec.write(waiting());
    byte[] later = bytes.clone();
    later[0] = 9;

    for (byte[] broken :
        new byte[][] {{}, later, Arrays.copyOf(bytes, bytes.length - 9), {1, 7, 0}}) {
      assertThatThrownBy(() -> WaitingCodec.read("e1", "ATL", broken))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("event 'e1' of key 'ATL'");
    }
    assertThatThrownBy(() -> WaitingQueue.read("ATL", new byte[] {1}))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("key 'ATL'");
  }

  private static Waiting waiting() {
    Waiting waiting = new Waiting(State.OPEN, 7, 86_400_000, 1_000);
    waiting.event = 42;
    waiting.weight = 0.5;
    waiting.featuresOrNull = new double[] {1, Double.NaN, -0.25};
    waiting.answerOrNull =
        new Answer(
            "e1",
            "ATL",
            900,
            3,
            new SlotAnswer[] {
              new SlotAnswer("ht", 1, 10, 2, 1, new double[] {0.25, 0.75}),
              new SlotAnswer("frozen", 1, 5, 0, 0, new double[] {1, 0})
            },
            0,
            1,
            0,
            new String[] {"LAX", ""},
            new SlotAnswer[] {new SlotAnswer("ht", 2, 3, 0, 0, new double[] {0.5, 0.5})});
    waiting.inputs = new FeatureInputs(new double[] {7, Double.NaN}, new double[] {1});
    return waiting;
  }

  private static WaitingQueue queue() {
    WaitingQueue queue = new WaitingQueue("ATL");
    queue.head = 4;
    queue.tail = 9;
    queue.size = 5;
    queue.open = 2;
    queue.early = 1;
    queue.oldest = 5;
    queue.firstSince = 100;
    queue.firstArrival = 50;
    queue.lastSince = 700;
    queue.timer = 120;
    return queue;
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.models;

import com.github.luben.zstd.Zstd;
import com.yahoo.labs.samoa.instances.Instance;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a learner costs; -1 where it was not reached in time.
 *
 * @param stored bytes after 1,000 and 10,000 instances, serialised and compressed
 * @param live bytes on the heap then, without the header that all models share
 * @param nanos of one vote and one training, the mean after the first 1,000
 */
record LearnerFigures(long[] stored, long[] live, long nanos) {

  private static final int[] SIZES = {1_000, 10_000};
  private static final long LIMIT_NANOS = 60_000_000_000L;

  static LearnerFigures measure(ContractQuestion question, ContractStream.Kind kind) {
    ContractStream stream = new ContractStream(kind, question.task(), SIZES[1]);
    Learner learner =
        new Learner(
            Learners.create(new SlotSpec("s", question.optionString(), 7), stream.header()), null);
    long[] stored = {-1, -1};
    long[] live = {-1, -1};
    int learned = 0;
    long begin = System.nanoTime();
    long from = begin;
    long after = begin;
    int counted = 0;
    for (ContractStream.Row row : stream.rows()) {
      learner.votes(stream.instance(row));
      Instance instance = stream.instance(row);
      instance.setClassValue(row.label());
      learner.train(instance);
      learned++;
      counted++;
      after = System.nanoTime();
      if (learned == SIZES[0] || learned == SIZES[1]) {
        int at = learned == SIZES[0] ? 0 : 1;
        byte[] image = JavaObjects.write(learner.classifier(), stream.header());
        stored[at] = Zstd.compress(image, Envelope.COMPRESSION_LEVEL).length;
        live[at] = Walked.bytes(learner.classifier(), stream.header());
      }
      if (learned == SIZES[0]) {
        from = System.nanoTime();
        counted = 0;
      }
      if (after - begin > LIMIT_NANOS) {
        break;
      }
    }
    return new LearnerFigures(stored, live, (after - from) / Math.max(1, counted));
  }

  String line() {
    return LongStream.of(stored[0], stored[1], live[0], live[1], nanos)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(" "));
  }

  static LearnerFigures parse(String line) {
    long[] figures = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
    return new LearnerFigures(
        Arrays.copyOfRange(figures, 0, 2), Arrays.copyOfRange(figures, 2, 4), figures[4]);
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli.report;

import io.meander.flink.LearningPipeline.Outputs;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * A sink that hands a job's results to the report of the same process: for jobs that run on an
 * embedded cluster.
 *
 * @param <T> a result
 */
public final class ReportSink<T> implements Sink<T> {

  private static final long serialVersionUID = 1L;

  private static final ConcurrentMap<String, RunReport> REPORTS = new ConcurrentHashMap<>();

  private final String id;
  private final Take<T> take;

  /** Whether its watermarks are those of the steps. */
  private final boolean told;

  private ReportSink(String id, Take<T> take, boolean told) {
    this.id = id;
    this.take = take;
    this.told = told;
  }

  private interface Take<T> extends BiConsumer<RunReport, T>, java.io.Serializable {}

  /** Hands all results of a pipeline to a report. */
  public static void attach(Outputs outputs, RunReport report) {
    String id = UUID.randomUUID().toString();
    REPORTS.put(id, report);
    attach(outputs.steps(), "report-steps", new ReportSink<>(id, RunReport::step, true));
    attach(outputs.rejects(), "report-rejects", new ReportSink<>(id, RunReport::reject, false));
    attach(
        outputs.snapshots(), "report-snapshots", new ReportSink<>(id, RunReport::snapshot, false));
  }

  private static <T> void attach(DataStream<T> results, String name, ReportSink<T> sink) {
    results.sinkTo(sink).setParallelism(1).uid(name).name(name);
  }

  @Override
  public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
    RunReport report = REPORTS.get(id);
    if (report == null) {
      throw new IOException("the report of this run is in another process");
    }
    return new SinkWriter<>() {
      @Override
      public void write(T element, Context writerContext) {
        take.accept(report, element);
      }

      @Override
      public void writeWatermark(Watermark watermark) {
        if (told) {
          report.watermark(watermark.getTimestamp());
        }
      }

      @Override
      public void flush(boolean endOfInput) {}

      @Override
      public void close() {}
    };
  }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
package io.meander.cli;

import io.meander.cli.report.DecayLine;
import io.meander.cli.report.RunReport;
import io.meander.cli.report.RunReport.Line;
import io.meander.cli.report.RunReport.Progress;
import io.meander.cli.report.RunReport.Rejected;
import io.meander.models.Figure;
import io.meander.models.SlotSpec;
import io.meander.models.Task;
import io.meander.spec.PipelineSpec;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A run's figures on the console: a line while it runs, a table when it has ended. */
final class Results {

  private static final String SERVED = "served";
  private static final String NO_CHANGE = "no_change";
  private static final String SAME_EVENTS = "served_same_events";

  private Results() {}

  /**
   * @param throughput of events, asked for this line only
   * @param total events of the whole run, below 1 if unknown
   */
  static String line(Progress now, Throughput throughput, long total) {
    Line served = now.line(SERVED);
    StringBuilder text = new StringBuilder(ProgressLine.bar(now.events() + now.rejects(), total));
    text.append(
        String.format(
            Locale.ROOT, "%,d events  %,.0f/s", now.events(), throughput.perSecond(now.events())));
    Figure lead = now.task().lead();
    for (Figure figure : now.task().compared()) {
      text.append("  ").append(figure.title()).append(' ').append(figure(served, figure));
    }
    if (now.task() == Task.ANOMALY) {
      text.append(String.format(Locale.ROOT, "  called %,d", now.called()));
    } else {
      text.append(" (no-change ").append(figure(now.line(NO_CHANGE), lead)).append(')');
    }
    Line frozen = now.line(SlotSpec.FROZEN);
    if (frozen.instances() > 0) {
      text.append("  since frozen ").append(figure(now.line(SAME_EVENTS), lead));
      text.append(" (frozen ").append(figure(frozen, lead)).append(')');
    }
    text.append(String.format(Locale.ROOT, "  drifts %,d  models %,d", now.drifts(), now.models()));
    if (now.rejects() > 0) {
      text.append(String.format(Locale.ROOT, "  rejects %,d", now.rejects()));
    }
    return text.toString();
  }

  /** What was counted, and a table of all who answered. */
  static void print(PipelineSpec spec, RunReport report, Duration took, PrintWriter out) {
    Progress end = report.progress();
    double seconds = Math.max(1e-3, took.toMillis() / 1e3);
    out.printf(
        Locale.ROOT,
        "%s: %,d events of %,d %s, %,d labels, %,d rejects, %,d snapshots in %.1f s (%,.0f events/s)%n%n",
        spec.name(),
        end.events(),
        end.keys(),
        end.keys() == 1 ? "key" : "keys",
        end.scored(),
        end.rejects(),
        end.snapshots(),
        seconds,
        end.events() / seconds);
    table(end, out);
    List<String> sentences = report.sentences();
    sentences.forEach(out::println);
    if (!sentences.isEmpty()) {
      out.println();
    }
    if (end.task() == Task.ANOMALY) {
      out.printf(
          Locale.ROOT, "%,d of %,d events were called an anomaly.%n%n", end.called(), end.events());
    }
    decay(end.task(), report.decayLines(), out);
    for (Rejected rejected : report.rejected()) {
      out.printf(
          Locale.ROOT,
          "%,d rejected as %s, first %s: %s%n",
          rejected.count(),
          rejected.reason(),
          rejected.firstPlace(),
          rejected.firstDetail());
    }
    if (end.rejects() > 0 && report.hasFiles()) {
      out.printf(Locale.ROOT, "All %,d rejects: rejects.csv%n", end.rejects());
    }
  }

  private static void table(Progress end, PrintWriter out) {
    List<Line> scored = end.lines().stream().filter(line -> line.instances() > 0).toList();
    if (scored.isEmpty()) {
      out.println("No label was scored.");
    } else {
      FigureTable table = new FigureTable(end.task());
      scored.forEach(table::add);
      table.print(out);
    }
    out.println();
  }

  private static void decay(Task task, List<DecayLine> lines, PrintWriter out) {
    if (lines.isEmpty()) {
      return;
    }
    List<String> heads = new ArrayList<>(List.of("age", "frozen at", "trained", "instances"));
    task.compared().forEach(figure -> heads.add(figure.title()));
    heads.addAll(List.of("gap in " + task.lead().title(), "95% interval"));
    TextTable table = new TextTable(heads.toArray(String[]::new));
    int decimals = task.lead().decimals();
    for (DecayLine line : lines) {
      boolean live = line.frozenAtOrNull() == null;
      List<String> cells = new ArrayList<>();
      cells.add(line.age());
      cells.add(live ? "" : line.frozenAtOrNull().toString());
      cells.add(live ? "" : String.format(Locale.ROOT, "%,d", line.trained()));
      cells.add(String.format(Locale.ROOT, "%,d", line.instances()));
      line.figures()
          .forEach((figure, value) -> cells.add(FigureTable.figure(value, figure.decimals())));
      cells.add(live ? "" : FigureTable.figure(line.gap(), decimals));
      cells.add(
          live
              ? ""
              : FigureTable.figure(line.low(), decimals)
                  + " to "
                  + FigureTable.figure(line.high(), decimals));
      table.add(cells.toArray(String[]::new));
    }
    table.print(out);
    out.println();
  }

  private static String figure(Line line, Figure figure) {
    return FigureTable.figure(line.figure(figure), 2);
  }
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Comparisons, decay, reliability and latency, then all plots.
  function drop(id) {
    el(id + "-section").remove();
  }

  const signed = (x, m) => (x > 0 ? "+" : "") + number(x, measures[m].decimals);

  function interval(d, widest, m) {
    const td = cell("");
    const span = document.createElement("span");
    span.className = "interval";
    const at = x => 50 + 48 * x / widest + "%";
    const zero = document.createElement("s"), bar = document.createElement("i"), dot = document.createElement("b");
    zero.style.left = at(0);
    bar.style.left = at(d.low);
    bar.style.width = 48 * (d.high - d.low) / widest + "%";
    dot.style.left = at(d.difference);
    span.append(zero, bar, dot);
    span.title = signed(d.low, m) + " to " + signed(d.high, m);
    td.append(span);
    return td;
  }

  const compared = metrics.comparisons.filter(c => c[lead].low != null);
  if (compared.length === 0) {
    drop("comparisons");
  } else {
    const widest = Math.max(...compared.flatMap(c => [Math.abs(c[lead].low), Math.abs(c[lead].high)]), 1e-9);
    const sure = (d, m) => d.low <= 0 && d.high >= 0 ? "" : d.low > 0 === measures[m].higher_is_better ? "good" : "bad";
    const told = (d, m) => [cell(signed(d.difference, m), "td", sure(d, m)), signed(d.low, m) + " to " + signed(d.high, m)];
    table(el("comparisons"), ["", "labels", title(lead), "95% interval", "", title(second), "95% interval"],
      compared.map(c => ({cells: [label(c.predictor) + " against " + label(c.against), count(c.instances),
        ...told(c[lead], lead), interval(c[lead], widest, lead), ...told(c[second], second)]})));
  }

  if (!metrics.decay || metrics.decay.length === 0) {
    drop("decay");
  } else {
    const test = metrics.decay_test;
    const seconds = test.stretch_seconds;
    const units = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
    const [size, unit] = units.find(u => seconds % u[0] === 0);
    const stretch = seconds === size ? unit : "stretches of " + seconds / size + " " + unit + "s";
    el("decay-note").textContent = "What never updating costs: copies of each champion that learned no more since so long"
      + " before the test, beside what was served, all on the same " + count(test.instances) + " labels of events from "
      + test.from + " on" + (test.left_out ? " (" + count(test.left_out) + " of keys too young for every age are left out)" : "")
      + ". " + capital(title(lead)) + " by " + stretch + ".";
    table(el("ages"), ["age", "frozen at", "trained on", title(second), title(lead), title(lead) + ", live", "lost", "95% interval"],
      metrics.decay.map(d => ({cells: [d.age, d.frozen_at, count(d.trained_instances), ...[d[second], d[lead],
        d["live_" + lead], d["gap_" + lead]].map(x => number(x, measures[lead].decimals)),
        d.gap_low == null ? "–" : [d.gap_low, d.gap_high].map(x => number(x, measures[lead].decimals)).join(" to ")]})));
    const stretches = figures.decay_stretches;
    const times = [...new Set(stretches.map(d => d.time))];
    const points = {show: times.length < 3, size: 6};
    const ages = ["served"].concat(metrics.decay.map(d => d.age));
    show("decay", () => ({
      axes: [{}, {size: 50}],
      series: [{label: seconds === 86400 ? "day (UTC)" : "from (UTC)"}].concat(ages.map((a, i) => i === 0
        ? line("served", {label: "live", stroke: css("--ink"), width: 2.5, points})
        : line(a, {label: a + " old", stroke: colours[(i - 1) % colours.length], points})))
    }), () => [times].concat(ages.map(a => {
      const of = new Map(stretches.filter(d => d.predictor === a).map(d => [d.time, d[lead]]));
      return times.map(t => of.has(t) ? of.get(t) : null);
    })));
  }

  const voters = slots.map(s => [s, metrics.slots[s]]).filter(([, f]) => f.reliability && f.reliability.length > 0);
  if (servedApart && metrics.served.reliability) voters.push(["served", metrics.served]);
  if (voters.length === 0) {
    drop("reliability");
  } else {
    show("reliability", () => ({
      scales: {x: {time: false, range: [0, 1]}, y: {range: [0, 1]}},
      axes: [{}, {size: 50}],
      series: [{label: "vote", value: (_, v) => v == null ? "–" : v.toFixed(2)},
        {label: "as it should be", stroke: css("--soft"), dash: [2, 3], points: {show: false}, spanGaps: true}].concat(
        voters.map(([s]) => line(s, {points: {show: true, size: 5}, spanGaps: true,
          value: (_, v) => v == null ? "–" : v.toFixed(2)})))
    }), () => uPlot.join([[[0, 1], [0, 1]]].concat(voters.map(([, f]) =>
      [f.reliability.map(b => b.confidence), f.reliability.map(b => b.accuracy)]))));
    table(el("calibration"), ["", "Brier score", "calibration error"],
      voters.map(([s, f]) => ({cells: [named(s), number(f.brier, 4), number(f.calibration_error, 4)]})));
  }

  const latency = metrics.verification_latency_seconds;
  if (!latency || figures.latencies.length === 0) {
    drop("latency");
  } else {
    const time = s => s >= 172800 ? number(s / 86400, 1) + " d" : s >= 7200 ? number(s / 3600, 1) + " h"
      : s >= 120 ? number(s / 60, 1) + " min" : number(s, s < 10 ? 1 : 0) + " s";
    el("latency-note").textContent = "From an event's time to its label's: half within " + time(latency.p50)
      + ", 90% within " + time(latency.p90) + ", 99% within " + time(latency.p99) + ", the last after "
      + time(latency.max) + ". Per cent of the labels, each bar twice as wide as the one before.";
    const bars = figures.latencies;
    show("latency", () => ({
      scales: {x: {time: false, range: [-0.6, bars.length - 0.4]}, y: {range: (_, low, high) => [0, high * 1.08]}},
      axes: [{splits: () => bars.map((_, i) => i), values: () => bars.map(b => "≤ " + time(b.to)), rotate: -40, size: 70,
        space: 20}, {size: 50}],
      series: [{label: "up to", value: (_, v) => v == null ? "–" : time(bars[v].to)},
        {label: "% of labels", fill: colours[0] + "cc", stroke: colours[0], paths: uPlot.paths.bars({size: [0.9, 60]}),
          points: {show: false}, value: (_, v) => v == null ? "–" : v.toFixed(2)}]
    }), () => [bars.map((_, i) => i), bars.map(b => 100 * b.n / latency.count)]);
  }

  if (metrics.feature_drifts.length === 0) {
    drop("watched");
  } else {
    table(el("watched"), ["feature", "watched", "detector", "drifts"], metrics.feature_drifts.map(f =>
      ({cells: [f.feature, f.measure === "value" ? "its values" : "how often it is missing", f.detector,
        count(f.drifts)]})));
  }

  drawAll();
  addEventListener("resize", () => drawAll.resize());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

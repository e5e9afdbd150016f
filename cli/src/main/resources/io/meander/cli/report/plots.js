// SPDX-License-Identifier: GPL-3.0-or-later
// Figures over time, with drifts.
  // Plots: a few hundred points are all a screen shows, so windows are averaged by label count.
  const MOST_POINTS = 400;
  // By time only where labels came in its order; times are shown in UTC, whatever the reader's zone.
  const byTime = figures.windows.length > 0
    && figures.windows.every((w, i, all) => w.time != null && (i === 0 || w.time >= all[i - 1].time));
  // What was served has a line of its own where it is not one slot's.
  const servedApart = !slots.includes(figures.champion)
    || Object.keys(measures).some(m => metrics.served[m] !== metrics.slots[figures.champion][m]);
  const predictors = slots.concat(servedApart ? ["served"] : [], metrics.frozen ? ["frozen"] : [], ["no_change"]);
  const step = Math.max(1, Math.ceil(figures.windows.length / MOST_POINTS));

  function points(measure, drawn) {
    const xs = [], series = drawn.map(() => []);
    for (let i = 0; i < figures.windows.length; i += step) {
      const group = figures.windows.slice(i, i + step);
      const last = group[group.length - 1];
      xs.push(byTime ? last.time : last.to);
      drawn.forEach((id, k) => {
        let n = 0, sum = 0;
        group.forEach(w => {
          const f = w.of[id];
          if (f && f[measure] != null) { n += f.n; sum += f.n * f[measure]; }
        });
        series[k].push(n ? sum / n : null);
      });
    }
    return [xs].concat(series);
  }

  function css(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  // What happened to the champions, counted by stretches a point wide: a bar from the top for each.
  const LEVELS = [["WARNING", "--warning", "warnings"], ["DRIFT", "--drift", "drifts"],
    ["PROMOTED", "--promoted", "promotions"], ["FEATURE", "--feature", "drifts of features"]];
  const ofChampion = figures.drifts.filter(d => d.level === "PROMOTED" || d.level === "FEATURE" || d.slot === figures.champion);
  const seen = LEVELS.filter(([level]) => ofChampion.some(d => d.level === level));
  const HIGHEST = 26;

  function marks(u) {
    const xs = u.data[0], ratio = devicePixelRatio || 1, ctx = u.ctx;
    const counts = seen.map(() => new Map());
    ofChampion.forEach(d => {
      const k = seen.findIndex(([level]) => level === d.level);
      const x = byTime ? d.time : d.at;
      if (k < 0 || x == null) return;
      let low = 0, high = xs.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (xs[middle] < x) low = middle + 1; else high = middle;
      }
      counts[k].set(low, (counts[k].get(low) || 0) + 1);
    });
    const most = Math.max(1, ...counts.map(c => Math.max(0, ...c.values())));
    ctx.save();
    counts.forEach((count, k) => {
      ctx.fillStyle = css(seen[k][1]);
      count.forEach((n, i) => {
        const px = u.valToPos(xs[i], "x", true) + (k - (seen.length - 1) / 2) * 2 * ratio;
        const height = (6 + (HIGHEST - 6) * n / most) * ratio;
        ctx.fillRect(px - ratio, u.bbox.top, 2 * ratio, height);
      });
    });
    ctx.restore();
  }

  function marksNote(into) {
    if (seen.length === 0) return;
    into.append(" Bars from the top count, on all keys,");
    seen.forEach(([, colour, name]) => {
      const key = document.createElement("span");
      key.className = "key";
      key.style.background = "var(" + colour + ")";
      into.append(key, name);
    });
    into.append(" of the champion.");
  }

  // Draws now and whenever the page's width or colours change.
  const drawn = [];
  function show(id, options, data) {
    const into = el(id);
    drawn.push(() => {
      into.textContent = "";
      const grid = {stroke: css("--line"), width: 1};
      const axis = {stroke: css("--soft"), grid, ticks: grid};
      const given = options();
      const u = new uPlot(Object.assign({
        width: Math.max(240, into.clientWidth), height: 300,
        tzDate: s => uPlot.tzDate(new Date(s * 1e3), "Etc/UTC")
      }, given, {axes: given.axes.map(a => Object.assign({}, axis, a))}), data(), into);
      return u;
    });
  }

  function drawAll() {
    const plots = drawn.map(draw => draw());
    drawAll.resize = () => plots.forEach(u =>
      u.setSize({width: Math.max(240, u.root.parentNode.clientWidth), height: u.height}));
  }

  function line(id, more) {
    return Object.assign({
      label: label(id), stroke: id === "served" ? css("--ink") : colourOf[id], width: id === (servedApart ? "served" : figures.champion) ? 2.5 : 1.5,
      dash: id === "frozen" ? [6, 4] : id === "no_change" || id === figures.typical ? [2, 3] : undefined,
      points: {show: false}, value: (_, v) => v == null ? "–" : v.toFixed(short())}, more);
  }

  function overTime(id, measure, predictors) {
    if (figures.windows.length === 0) {
      el(id).textContent = "No label was scored.";
      return;
    }
    show(id, () => ({
      scales: {x: {time: byTime}},
      axes: [{}, {size: 50}],
      series: [{label: byTime ? "time (UTC)" : "label"}].concat(predictors.map(s => line(s))),
      hooks: {draw: [marks]}
    }), () => points(measure, predictors));
  }

  el("lead-note").textContent = "In windows of " + count(figures.window)
    + " scored labels over all keys" + (step > 1 ? ", " + step + " of them averaged to a point" : "") + ".";
  const NOTES = {
    classification: {predictors: "Kappa is 0 for guessing by the class frequencies; kappa-temporal is 0 for repeating"
        + " the key's last known label, and below 0 where that is better.",
      second: "Percent of the window's predictions that were right. Where one class is rare, always naming the other"
        + " (majority) is hard to beat here and worth nothing: see kappa.",
      comparisons: "differences in percentage points"},
    regression: {predictors: "MAE and RMSE are in the label's units; R2 is 0 for always guessing the mean of the key's"
        + " labels so far, and 1 at best.",
      second: "Root of the mean squared error in the label's units: large errors count more than in MAE.",
      comparisons: "differences in the label's units, below 0 where the first is better,"},
    anomaly: {predictors: "AUC is that of the scores: 0.5 for guessing, 1 where every anomaly scores above all else."
        + " F1, precision and recall are of what was called an anomaly by the threshold.",
      second: "Of what was called an anomaly: the harmonic mean of precision and recall, in percent. A window without"
        + " anomalies has none.",
      comparisons: "differences of the scores' area (AUC) and, in percentage points, F1,"}
  }[metrics.task];
  el("predictors-note").append(" " + NOTES.predictors);
  el("second-note").textContent = NOTES.second;
  el("compared-by").textContent = NOTES.comparisons;
  el("lead-title").textContent = capital(title(lead)) + " over time";
  el("second-title").textContent = capital(title(second)) + " over time";
  document.querySelectorAll(".lead").forEach(e => e.textContent = title(lead));
  marksNote(el("lead-note"));
  // Baselines have no score.
  overTime("lead", lead, anomaly ? predictors.filter(p => p !== "no_change") : regression ? predictors.concat([figures.typical]) : predictors);
  overTime("second", second, anomaly ? predictors.filter(p => p !== "no_change") : predictors.concat([figures.typical]));

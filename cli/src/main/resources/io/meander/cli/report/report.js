// SPDX-License-Identifier: GPL-3.0-or-later
(function () {
  "use strict";
  const metrics = figures.metrics;
  const names = {served: "served", frozen: "frozen twin", no_change: "no-change", majority: "majority",
    served_same_events: "served, same events as the twin"};
  const colours = ["#2f6fdf", "#d9822b", "#1f9d6b", "#a24fc2", "#c2405f", "#4aa3b5", "#8a7a2f"];
  const colourOf = {};
  const slots = Object.keys(metrics.slots);
  slots.forEach((s, i) => colourOf[s] = colours[i % colours.length]);
  colourOf.frozen = "#7b8794";
  colourOf.no_change = "#b0a089";
  colourOf.majority = "#8fa08a";
  const label = id => names[id] || id;
  const count = n => n == null ? "–" : n.toLocaleString("en");
  const number = (x, d) => x == null ? "–" : x.toFixed(d);
  const el = id => document.getElementById(id);

  function cell(text, tag, cls) {
    const c = document.createElement(tag || "td");
    c.textContent = text;
    if (cls) c.className = cls;
    return c;
  }

  function table(into, heads, rows) {
    const t = document.createElement("table");
    const head = t.createTHead().insertRow();
    heads.forEach(h => head.append(cell(h, "th")));
    const body = t.createTBody();
    rows.forEach(r => {
      const tr = body.insertRow();
      if (r.cls) tr.className = r.cls;
      r.cells.forEach(c => tr.append(c instanceof Node ? c : cell(c)));
    });
    into.append(t);
  }

  function named(id) {
    const td = cell("");
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = colourOf[id] || "transparent";
    td.append(swatch, label(id) + (id === figures.champion ? " (champion)" : ""));
    return td;
  }

  document.title = metrics.pipeline + " · Meander report";
  el("title").textContent = metrics.pipeline;
  el("about").textContent = "Labels known " + metrics.labels_known
    + (metrics.labels_known === "at once" ? ": optimistic. " : ". ")
    + count(metrics.keys) + " model keys, " + slots.length + " slots each.";
  const drifts = Object.values(metrics.slots).reduce((sum, s) => sum + s.drifts, 0);
  [["events", count(metrics.events)], ["scored labels", count(metrics.labels)],
    ["rejects", count(metrics.rejects)], ["keys", count(metrics.keys)], ["drifts", count(drifts)],
    ["events per second", metrics.seconds > 0 ? count(Math.round(metrics.events / metrics.seconds)) : "–"]].forEach(([what, value]) => {
    const tile = document.createElement("div");
    tile.className = "tile";
    const b = document.createElement("b");
    b.textContent = value;
    tile.append(b, cell(what, "span"));
    el("tiles").append(tile);
  });

  const summary = slots.map(s => [s, metrics.slots[s], ""])
    .concat([["served", metrics.served, "served"]]);
  if (metrics.frozen) {
    summary.push(["frozen", metrics.frozen, ""], ["served_same_events", metrics.served_same_events, ""]);
  }
  summary.push(["no_change", metrics.baselines.no_change, "baseline"],
    ["majority", metrics.baselines.majority, "baseline"]);
  table(el("summary"),
    ["", "labels", "accuracy", "kappa", "kappa-temporal", "kappa-M", "log loss", "AUC", "drifts"],
    summary.map(([id, f, cls]) => ({cls, cells: [named(id), count(f.instances), number(f.accuracy, 2),
      number(f.kappa, 2), cell(number(f.kappa_temporal, 2), "td", f.kappa_temporal < 0 ? "bad" : ""),
      number(f.kappa_m, 2), number(f.log_loss, 4), number(f.auc, 4),
      f.drifts == null ? "" : count(f.drifts)]})));

  // Plots: a few hundred points are all a screen shows, so windows are averaged by label count.
  const MOST_POINTS = 400;
  // By time only where labels came in its order; times are shown in UTC, whatever the reader's zone.
  const byTime = figures.windows.length > 0
    && figures.windows.every((w, i, all) => w.time != null && (i === 0 || w.time >= all[i - 1].time));
  const predictors = slots.concat(metrics.frozen ? ["frozen"] : [], ["no_change"]);
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

  function marks(u) {
    const xs = figures.drifts.filter(d => d.slot === figures.champion).map(d => byTime ? d.time : d.at);
    const ctx = u.ctx;
    ctx.save();
    ctx.fillStyle = css("--drift");
    xs.forEach(x => {
      const px = u.valToPos(x, "x", true);
      if (px >= u.bbox.left && px <= u.bbox.left + u.bbox.width) {
        ctx.beginPath();
        ctx.moveTo(px - 4, u.bbox.top);
        ctx.lineTo(px + 4, u.bbox.top);
        ctx.lineTo(px, u.bbox.top + 8);
        ctx.fill();
      }
    });
    ctx.restore();
  }

  function plot(id, measure, drawn) {
    const into = el(id);
    if (figures.windows.length === 0) {
      into.textContent = "No label was scored.";
      return;
    }
    const width = () => Math.max(240, into.clientWidth);
    const grid = {stroke: css("--line"), width: 1};
    const axis = {stroke: css("--soft"), grid, ticks: grid};
    const u = new uPlot({
      width: width(), height: 300, tzDate: s => uPlot.tzDate(new Date(s * 1e3), "Etc/UTC"),
      scales: {x: {time: byTime}},
      axes: [axis, Object.assign({size: 50}, axis)],
      series: [{label: byTime ? "time (UTC)" : "label"}].concat(drawn.map(s => ({
        label: label(s), stroke: colourOf[s], width: s === figures.champion ? 2.5 : 1.5,
        dash: s === "frozen" ? [6, 4] : s === "no_change" || s === "majority" ? [2, 3] : undefined, points: {show: false},
        value: (_, v) => v == null ? "–" : v.toFixed(1)}))),
      hooks: {draw: [marks]}
    }, points(measure, drawn), into);
    window.addEventListener("resize", () => u.setSize({width: width(), height: 300}));
  }

  function draw() {
    el("kappa").textContent = el("accuracy").textContent = "";
    plot("kappa", "kappa", predictors);
    plot("accuracy", "accuracy", predictors.concat(["majority"]));
  }
  el("kappa-note").textContent = "In windows of " + count(figures.window)
    + " scored labels over all keys" + (step > 1 ? ", " + step + " of them averaged to a point" : "")
    + "; triangles mark drifts of the champion on any key.";
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  function keyRow(k) {
    const s = k.of.served, f = k.of.frozen, same = k.of.served_same_events;
    const champion = k.of[figures.champion];
    const twin = metrics.frozen ? [f ? number(same.kappa, 1) : "–", f ? number(f.kappa, 1) : "–"] : [];
    return {cells: [k.name, count(s.n), number(s.accuracy, 1), number(s.kappa, 1),
      number(k.of.no_change.kappa, 1), ...twin, count(champion ? champion.drifts : null)]};
  }
  // The twin is compared with what was served on the twin's events only.
  const keyHeads = ["key", "labels", "accuracy", "kappa", "no-change kappa",
    ...(metrics.frozen ? ["kappa since frozen", "frozen kappa"] : []), "drifts"];
  const fair = figures.keys.filter(k => k.of.served.n >= 100 && k.of.served.kappa != null)
    .sort((a, b) => b.of.served.kappa - a.of.served.kappa);
  const best = Math.min(10, Math.ceil(fair.length / 2));
  table(el("best"), keyHeads, fair.slice(0, best).map(keyRow));
  table(el("worst"), keyHeads, fair.slice(best).slice(-10).reverse().map(keyRow));

  if (figures.slices.length === 0) {
    el("slices-section").remove();
  } else {
    const top = figures.slices.slice().sort((a, b) => b.of.served.n - a.of.served.n).slice(0, 20);
    table(el("slices"), ["slice", "labels", "accuracy", "kappa", "no-change kappa"],
      top.map(s => ({cells: [s.slice + " = " + s.name, count(s.of.served.n),
        number(s.of.served.accuracy, 1), number(s.of.served.kappa, 1), number(s.of.no_change.kappa, 1)]})));
  }

  const sizes = slots.concat(metrics.frozen ? ["frozen"] : []).map(s => {
    const all = figures.keys.map(k => k.of[s] && k.of[s].bytes).filter(b => b != null).sort((a, b) => a - b);
    return {cells: [named(s), count(all.length), count(all[0]), count(all[all.length >> 1]),
      count(all[all.length - 1]), count(all.reduce((a, b) => a + b, 0))]};
  });
  table(el("sizes"), ["", "models", "smallest", "median", "largest", "all together, bytes"], sizes);
  el("foot").textContent = "Drawn by Meander from metrics.json, windows.csv, keys.csv and slices.csv beside this page.";
})();

// SPDX-License-Identifier: GPL-3.0-or-later
// The report's figures by predictor, key and slice.
  document.title = metrics.pipeline + " · Meander report";
  el("title").textContent = metrics.pipeline;
  el("about").textContent = (metrics.labels_known === "never" ? "No labels. "
    : "Labels known " + metrics.labels_known + (metrics.labels_known === "at once" ? ": optimistic. " : ". "))
    + count(metrics.keys) + " model keys, " + slots.length + " slots each.";
  const drifts = Object.values(metrics.slots).reduce((sum, s) => sum + s.drifts, 0);
  [["events", count(metrics.events)], ["scored labels", count(metrics.labels)],
    ...(anomaly ? [["called an anomaly", count(metrics.called_anomalies)]] : []), ["rejects", count(metrics.rejects)], ["keys", count(metrics.keys)], ["drifts", count(drifts)],
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
    [figures.typical, metrics.baselines[figures.typical], "baseline"]);
  table(el("summary"),
    ["", "labels", ...Object.keys(measures).map(title), "drifts"],
    summary.map(([id, f, cls]) => ({cls, cells: [named(id), count(f.instances),
      ...Object.entries(measures).map(([m, of]) =>
        cell(number(f[m], of.decimals), "td", m === "kappa_temporal" && f[m] < 0 ? "bad" : "")),
      f.drifts == null ? "" : count(f.drifts)]})));

  function calledOf(k) {
    return count(k.called) + " of " + count(k.events);
  }

  function keyRow(k) {
    const s = k.of.served, f = k.of.frozen, same = k.of.served_same_events;
    const champion = k.of[figures.champion];
    const twin = metrics.frozen ? [f ? number(same[lead], short()) : "–", f ? number(f[lead], short()) : "–"] : [];
    return {cells: [k.name, count(s.n), ...figures.compared.map(m => number(s[m], short())),
      anomaly ? calledOf(k) : number(k.of.no_change[lead], short()), ...twin, count(champion ? champion.drifts : null)]};
  }
  // The twin is compared with what was served on the twin's events only.
  const keyHeads = ["key", "labels", ...figures.compared.map(title), anomaly ? "called an anomaly" : "no-change " + title(lead),
    ...(metrics.frozen ? [title(lead) + " since frozen", "frozen " + title(lead)] : []), "drifts"];
  const fair = metrics.labels_known === "never"
    ? figures.keys.slice().sort((a, b) => b.called / b.events - a.called / a.events)
    : figures.keys.filter(k => k.of.served.n >= 100 && k.of.served[lead] != null)
    .sort((a, b) => (b.of.served[lead] - a.of.served[lead]) * (measures[lead].higher_is_better ? 1 : -1));
  if (metrics.labels_known === "never") {
    el("best-title").textContent = "Most anomalies";
    el("best-note").textContent = "Keys by the share of their events that was called an anomaly.";
    el("worst-title").textContent = "Fewest anomalies";
  }
  const best = Math.min(10, Math.ceil(fair.length / 2));
  table(el("best"), keyHeads, fair.slice(0, best).map(keyRow));
  table(el("worst"), keyHeads, fair.slice(best).slice(-10).reverse().map(keyRow));

  function ahead(slice) {
    const by = measures[lead].higher_is_better ? slice.lead : -slice.lead;
    return (by > 0 ? "+" : "") + number(by, short());
  }

  if (figures.slices.length === 0) {
    el("slices-section").remove();
  } else {
    const top = figures.slices.slice().sort((a, b) => b.of.served.n - a.of.served.n).slice(0, 20);
    table(el("slices"), ["slice", "labels", ...figures.compared.map(title), "no-change " + title(lead), "lead over no-change"],
      top.map(s => ({cells: [s.slice + " = " + s.name, count(s.of.served.n),
        ...figures.compared.map(m => number(s.of.served[m], short())), number(s.of.no_change[lead], short()),
        s.lead == null ? "–" : ahead(s) + " ± " + number(s.margin, short())]})));
  }

  const sizes = slots.concat(metrics.frozen ? ["frozen"] : []).map(s => {
    const all = figures.keys.map(k => k.of[s] && k.of[s].bytes).filter(b => b != null).sort((a, b) => a - b);
    return {cells: [named(s), count(all.length), count(all[0]), count(all[all.length >> 1]),
      count(all[all.length - 1]), count(all.reduce((a, b) => a + b, 0))]};
  });
  table(el("sizes"), ["", "models", "smallest", "median", "largest", "all together, bytes"], sizes);
  el("foot").textContent = "Drawn by Meander from metrics.json, windows.csv, keys.csv, slices.csv and slice_comparisons.csv beside this page.";

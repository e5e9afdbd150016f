// SPDX-License-Identifier: GPL-3.0-or-later
// Names, numbers and tables of the report.
  const metrics = figures.metrics;
  const names = {served: "served", frozen: "frozen twin", no_change: "no-change", majority: "majority", mean: "mean",
    served_same_events: "served, same events as the twin"};
  const colours = ["#2f6fdf", "#d9822b", "#1f9d6b", "#a24fc2", "#c2405f", "#4aa3b5", "#8a7a2f"];
  const colourOf = {};
  const slots = Object.keys(metrics.slots);
  slots.forEach((s, i) => colourOf[s] = colours[i % colours.length]);
  colourOf.frozen = "#7b8794";
  colourOf.no_change = "#b0a089";
  colourOf.majority = colourOf.mean = "#8fa08a";
  const label = id => names[id] || id;
  // The task's figures: by which to look first, and the other one that is drawn and compared.
  const measures = figures.measures, lead = figures.lead;
  const second = figures.compared.find(m => m !== lead);
  const regression = metrics.task === "regression", anomaly = metrics.task === "anomaly";
  const title = m => measures[m].title;
  const capital = s => s[0].toUpperCase() + s.slice(1);
  const short = m => regression || anomaly ? 3 : 1;
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

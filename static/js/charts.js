/* Charts of series: asked for as one answer, drawn by uPlot, asked for again as long as the page is looked at.
   Gaps stay gaps. What is picked stands in the address. Colours are those of the page, in both themes. */
const RANGES = { "1h": 3600, "6h": 21600, "24h": 86400, "7d": 604800, "90d": 7776000 };
const DAY = 86400;
const NEAR = 7;
const BINARY = Array.from({ length: 60 }, (_, power) => 2 ** power);
const HEIGHT = 170;
const SMALL_HEIGHT = 104;
const state = { range: "1h", yesterday: false, revisions: false, paused: false, data: null, before: null };
let root = null;
let plots = [];
let timer = 0;
let asked = 0;

const part = (name, within = root) => within.querySelector(`[data-chart-${name}]`);
const word = (name) => root.dataset[`word${name[0].toUpperCase()}${name.slice(1)}`] ?? name;
const isSmall = () => root.hasAttribute("data-small");
const figures = () => [...root.querySelectorAll("[data-chart]")];
const colour = (name) => getComputedStyle(document.body).getPropertyValue(`--sw-${name}`).trim();
const number = (value, digits) => value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });

const bytes = (value) => {
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  const scale = value >= 1 ? Math.min(names.length - 1, Math.floor(Math.log2(value) / 10)) : 0;
  return `${number(value / 1024 ** scale, 1)} ${names[scale]}`;
};
const WRITE = {
  bytes,
  cores: (value) => (value > 0 && value < 0.1 ? `${number(value * 1000, 1)}m` : number(value, 2)),
  percent: (value) => `${number(value, 2)} %`,
  milliseconds: (value) => (value >= 1000 ? `${number(value / 1000, 2)} s` : `${number(value, 1)} ms`),
  "per second": (value) => `${number(value, 2)} ${word("perSecond")}`,
  pods: (value) => number(value, 1),
};
const write = (unit, value) => (value === null || value === undefined ? "–" : WRITE[unit](value));

const address = (more) => {
  const query = new URLSearchParams({ name: [...new Set(figures().flatMap((each) => each.dataset.chart.split(",")))].join(","), ...more });
  if (state.revisions) query.set("by", "revision");
  return `${root.dataset.charts}?${query}`;
};

const get = async (more) => {
  const answer = await fetch(address(more), { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

/* The values of a day before, at the times of today: its steps may be longer, and where it has none there is a gap. */
const shifted = (times, values) => {
  const { from, step } = state.before;
  return times.map((at) => values[Math.floor((at - DAY - from) / step)] ?? null);
};

const dashes = { request: [6, 4], limit: [2, 3], yesterday: [3, 3], other: [8, 4] };
const line = (label, values, name, more = {}) => ({ label, values, stroke: colour(name), width: 1.6, ...more });
const some = (values) => values?.some((value) => value !== null);

/* The lines of one chart, those of the reader's first interest first. */
const linesOf = (figure) => {
  const all = figure.dataset.chart.split(",");
  const of = (data, name, revision = "") => data?.series.find((each) => each.name === name && each.revision === revision);
  const whole = all.map((name) => of(state.data, name)).filter(Boolean);
  const revised = state.data.series.filter((each) => each.name === figure.dataset.revised && each.revision && some(each.values));
  const apart = state.revisions && revised.length > 1;
  // Beside each other revisions are compared by one series, or nobody could tell the lines apart.
  const names = apart ? [figure.dataset.revised] : all;
  const several = all.length > 1;
  const lines = names.map((name, at) => {
    const { label, values } = of(state.data, name);
    if (apart) return line(several ? `${word("all")} ${name}` : word("all"), values, "off");
    return several ? line(name, values, ["run", "wait", "accent"][at]) : line(label, values, "accent", { fill: `${colour("accent")}22` });
  });
  if (apart) {
    revised.forEach((each, at) => {
      const label = several ? `${each.revision} ${each.name}` : each.revision;
      lines.push(line(label, each.values, ["accent", "stripe"][at] ?? "run", at === 0 ? {} : { dash: dashes.other, width: 2 }));
    });
  }
  if (state.yesterday && state.before) {
    for (const name of names) {
      const each = of(state.before, name);
      if (each) lines.push(line(several ? `${name} ${word("yesterday")}` : word("yesterday"), shifted(state.data.times, each.values), "off", { dash: dashes.yesterday, width: 1.2 }));
    }
  }
  const most = Math.max(0, ...lines.flatMap((each) => each.values.filter((value) => value !== null)));
  for (const what of ["request", "limit"]) {
    const bound = whole.length === 1 ? whole[0][what] : null;
    // A limit that is far above what is used would flatten the line that is looked at; it stands in words.
    if (some(bound) && Math.max(...bound.filter((value) => value !== null)) <= most * 4) lines.push(line(word(what), bound, what === "limit" ? "bad" : "off", { dash: dashes[what], width: 1.2 }));
  }
  return { lines, whole };
};

const marksIn = (plot) => state.data.marks.map((mark) => ({ ...mark, left: plot.valToPos(mark.at, "x", true) }));
const drawMarks = (plot) => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const mark of marksIn(plot)) {
    if (mark.left < bbox.left || mark.left > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = colour({ restart: "bad", rollout: "stripe", revision: "run" }[mark.kind] ?? "off");
    ctx.setLineDash(mark.kind === "scaling" ? [3, 3] : []);
    ctx.beginPath();
    ctx.moveTo(mark.left, bbox.top);
    ctx.lineTo(mark.left, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillRect(mark.left - 3 * devicePixelRatio, bbox.top, 6 * devicePixelRatio, 4 * devicePixelRatio);
  }
  ctx.restore();
};
const tellMark = (figure) => (plot) => {
  const at = plot.cursor.left * devicePixelRatio + plot.bbox.left;
  const near = plot.cursor.left < 0 ? [] : marksIn(plot).filter((mark) => Math.abs(mark.left - at) <= NEAR * devicePixelRatio);
  const tip = part("tip", figure);
  tip.hidden = near.length === 0;
  tip.textContent = near.map((mark) => mark.title).join(" · ");
};

const clock = (seconds) => {
  const long = RANGES[state.range] > 2 * DAY;
  const shown = long ? { month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(document.documentElement.lang, { ...shown, hourCycle: "h23" }).format(new Date(seconds * 1000));
};
const exact = (seconds) => (seconds === null ? "–" : new Date(seconds * 1000).toLocaleString(document.documentElement.lang));

const optionsOf = (figure, lines) => {
  const unit = figure.dataset.unit;
  const axis = { stroke: colour("muted"), font: `11px ${colour("sans")}`, grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
  return {
    width: figure.clientWidth - 24,
    height: isSmall() ? SMALL_HEIGHT : HEIGHT,
    legend: { show: !isSmall() },
    cursor: { y: false, sync: { key: "charts" }, points: { size: 5 } },
    scales: { x: { range: () => [state.data.from, state.data.to] }, y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.12 : 1] } },
    axes: [
      { ...axis, size: 24, values: (_plot, splits) => splits.map(clock), space: 70 },
      { ...axis, size: 62, incrs: unit === "bytes" ? BINARY : undefined, values: (_plot, splits) => splits.map((value) => write(unit, value)), space: isSmall() ? 36 : 30 },
    ],
    series: [
      { label: word("time"), value: (_plot, value) => exact(value) },
      ...lines.map((each) => ({ points: { show: lone(each.values), size: 4 }, spanGaps: false, ...each, values: undefined, value: (_plot, value) => write(unit, value) })),
    ],
    hooks: { draw: [drawMarks], setCursor: [tellMark(figure)] },
  };
};
/* A value between two gaps is no line: then every value is a point. */
const lone = (values) => values.some((value, at) => value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null);

const tell = (figure, whole) => {
  const unit = figure.dataset.unit;
  const first = whole.at(-1);
  const known = first?.values.filter((value) => value !== null) ?? [];
  // The last step may not be over yet; what is older than a few is not what it does now.
  const latest = first?.values.slice(-4).findLast((value) => value !== null);
  part("latest", figure).textContent = known.length ? write(unit, latest) : "";
  const words = known.length ? [`${word("least")} ${write(unit, Math.min(...known))}`, `${word("most")} ${write(unit, Math.max(...known))}`] : [];
  for (const what of isSmall() ? [] : ["request", "limit"]) {
    const bound = whole.length === 1 ? first?.[what]?.findLast((value) => value !== null) : undefined;
    if (bound !== undefined) words.push(`${word(what)} ${write(unit, bound)}`);
  }
  part("words", figure).textContent = words.join(" · ");
  const none = part("none", figure);
  none.textContent = known.length ? "" : first?.reason || word("none");
  none.hidden = known.length > 0;
  part("plot", figure).hidden = known.length === 0;
  if (part("source", figure)) part("source", figure).textContent = first?.source ? `${first.source}${first.reason ? ` · ${first.reason}` : ""}` : "";
  return known.length > 0;
};

const draw = () => {
  for (const plot of plots) plot.destroy();
  plots = [];
  for (const figure of figures()) {
    const { lines, whole } = linesOf(figure);
    if (tell(figure, whole) && window.uPlot) {
      plots.push(new window.uPlot(optionsOf(figure, lines), [state.data.times, ...lines.map((each) => each.values)], part("plot", figure)));
    }
    const csv = part("csv", figure);
    if (csv) csv.href = `${address({ from: state.range, format: "csv" }).replace(/name=[^&]*/, `name=${figure.dataset.chart}`)}`;
  }
  if (part("file")) part("file").href = address({ from: state.range, format: "csv" });
  listMarks();
};

const listMarks = () => {
  const list = part("list");
  if (!list) return;
  part("count").textContent = String(state.data.marks.length);
  list.closest("details").hidden = state.data.marks.length === 0;
  list.replaceChildren(...state.data.marks.toReversed().map((mark) => {
    const row = document.createElement("li");
    const time = document.createElement("time");
    time.dateTime = new Date(mark.at * 1000).toISOString();
    time.textContent = exact(mark.at);
    row.dataset.kind = mark.kind;
    row.append(time, ` ${mark.title}`);
    return row;
  }));
};

const show = (name) => {
  const sign = part("state");
  if (sign && sign.textContent !== word(name)) sign.textContent = word(name);
};

const load = async () => {
  clearTimeout(timer);
  const turn = ++asked;
  try {
    const data = await get({ from: state.range });
    const before = state.yesterday ? await get({ from: String(data.from - DAY), to: String(data.to - DAY) }) : null;
    if (turn !== asked) return;
    Object.assign(state, { data, before });
    draw();
    show(state.paused ? "paused" : "live");
  } catch {
    if (turn !== asked) return;
    show("waiting");
  }
  if (!state.paused && !document.hidden) timer = setTimeout(load, Math.max(10, Math.min(state.data?.step ?? 10, 300)) * 1000);
};

const remember = () => {
  const place = new URL(location.href);
  for (const [key, value] of [["range", state.range === "1h" ? "" : state.range], ["compare", state.yesterday ? "yesterday" : ""]]) {
    if (value) place.searchParams.set(key, value);
    else place.searchParams.delete(key);
  }
  history.replaceState(history.state, "", place);
};

const sign = () => {
  for (const button of root.querySelectorAll("[data-chart-range]")) button.setAttribute("aria-pressed", String(button.dataset.chartRange === state.range));
  for (const box of root.querySelectorAll("[data-chart-switch]")) box.checked = state[box.dataset.chartSwitch];
};

const pick = (change) => {
  Object.assign(state, change);
  sign();
  remember();
  load();
};

const begin = () => {
  root = document.querySelector("[data-charts]");
  if (!root) return;
  const place = new URL(location.href).searchParams;
  if (!isSmall()) {
    state.range = place.get("range") in RANGES ? place.get("range") : "1h";
    state.yesterday = place.get("compare") === "yesterday";
  }
  state.revisions = root.hasAttribute("data-compared");
  sign();
  for (const button of root.querySelectorAll("[data-chart-range]")) button.addEventListener("click", () => pick({ range: button.dataset.chartRange }));
  for (const box of root.querySelectorAll("[data-chart-switch]")) box.addEventListener("change", () => pick({ [box.dataset.chartSwitch]: box.checked }));
  part("pause")?.addEventListener("click", (event) => {
    state.paused = !state.paused;
    event.currentTarget.setAttribute("aria-pressed", String(state.paused));
    load();
  });
};

/* The drawing itself is a file of its own, whose name only the page knows. Without it the words still stand. */
const library = () => new Promise((done) => {
  const script = document.createElement("script");
  script.src = root.dataset.library;
  script.onload = script.onerror = done;
  document.head.append(script);
});

begin();
if (root) {
  library().then(load);
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : state.paused || load()));
  new MutationObserver(() => state.data && draw()).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width && state.data) draw();
    width = innerWidth;
  });
  /* A page that refreshes its parts replaces the charts with empty ones: they are drawn from what is known. */
  document.body.addEventListener("htmx:oobAfterSwap", () => {
    if (root.isConnected) return;
    begin();
    if (root && state.data) draw();
  });
}

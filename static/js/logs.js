/* The log viewer: one stream of lines, text nodes only, at most KEPT lines in the page. What is picked stands in the address.
   A tab that is hidden closes its stream and comes back with the id of the last event: no line is lost, none comes twice. */
const KEPT = 5000;
const COLOURS = 6;
const root = document.querySelector("[data-logs]");
const part = (name) => root.querySelector(`[data-log-${name}]`);
const word = (name) => root.dataset[`word${name[0].toUpperCase()}${name.slice(1)}`];
const lines = root && part("lines");
const picks = root ? [...root.querySelectorAll("[data-log-pick]")] : [];
const switches = root ? [...root.querySelectorAll("[data-log-switch]")] : [];
let source = null;
let lastId = "";
let sources = [];
let paused = false;
let waiting = [];
let pattern = null;
let follows = true;
let retry = 0;
let timer = 0;
let found = 0;
let manyPods = false;

const show = (state, more = "") => {
  part("state").textContent = more || word(state);
  part("state").dataset.state = state;
};

const query = () => {
  const asked = new URLSearchParams();
  for (const pick of picks) {
    if (!pick.value) continue;
    if (pick.dataset.logPick === "begin") {
      const [key, value] = pick.value.split("=");
      asked.set(key, value);
    } else asked.set(pick.dataset.logPick, pick.value);
  }
  return asked;
};

/* EventSource cannot be given an id of its own, so a new one of ours is asked with it in the address. */
const address = () => {
  const asked = query();
  if (lastId) asked.set("after", lastId);
  const text = asked.toString();
  return text ? `${root.dataset.logs}?${text}` : root.dataset.logs;
};

const put = (element, text) => {
  element.textContent = "";
  if (!pattern || !text) {
    element.textContent = text;
    return false;
  }
  let end = 0;
  let any = false;
  for (const match of text.matchAll(pattern)) {
    if (!match[0]) continue;
    any = true;
    element.append(text.slice(end, match.index));
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    element.append(mark);
    end = match.index + match[0].length;
  }
  element.append(text.slice(end));
  return any;
};

const clock = (milliseconds) => {
  const at = new Date(milliseconds);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
};

const short = (pod) => (pod.length > 22 ? `…${pod.slice(-21)}` : pod);

const lineOf = ([from, at, level, text, cut]) => {
  const row = document.createElement("div");
  row.className = "sw-log-line";
  if (level) row.dataset.level = level;
  const time = document.createElement("time");
  time.textContent = at ? clock(at) : "";
  if (at) {
    time.dateTime = new Date(at).toISOString();
    time.title = new Date(at).toLocaleString();
  }
  const origin = document.createElement("span");
  const { pod, container } = sources[from] ?? { pod: "", container: "" };
  origin.className = "from";
  origin.dataset.colour = String(from % COLOURS);
  origin.textContent = manyPods ? short(pod) : container;
  Object.assign(origin.dataset, { pod, container });
  origin.title = `${pod} · ${container}`;
  const words = document.createElement("span");
  words.className = "text";
  row.append(time, origin, words);
  if (put(words, text)) {
    row.classList.add("found");
    found += 1;
  }
  if (cut) {
    const rest = document.createElement("i");
    rest.textContent = ` … ${word("cut")}`;
    words.append(rest);
  }
  return row;
};

const noticeOf = ([from, what]) => {
  const row = document.createElement("div");
  row.className = "sw-log-word";
  const { pod, container } = sources[from] ?? { pod: "", container: "" };
  row.textContent = `— ${short(pod)} · ${container}: ${word(what) ?? what} —`;
  return row;
};

const add = (rows) => {
  if (rows.length === 0) return;
  lines.querySelector("[data-none]")?.remove();
  const some = document.createDocumentFragment();
  for (const row of rows.slice(-KEPT)) some.append(typeof row[1] === "string" ? noticeOf(row) : lineOf(row));
  lines.append(some);
  while (lines.childElementCount > KEPT) lines.firstElementChild.remove();
  if (follows) lines.scrollTop = lines.scrollHeight;
  else part("down").hidden = false;
  count();
};

const count = () => {
  if (pattern && !paused) show("following", `${found} ${word("found")}`);
};

const none = (text) => {
  if (lines.childElementCount > 0) return;
  const row = document.createElement("div");
  row.className = "sw-log-word";
  row.dataset.none = "";
  row.textContent = text;
  lines.append(row);
};

/* Newly seen pods can be picked without a reload. */
const offer = () => {
  for (const [field, name] of [["pod", "pod"], ["container", "container"]]) {
    const pick = root.querySelector(`[data-log-pick=${field}]`);
    const known = new Set([...pick.options].map((option) => option.value));
    for (const each of sources) if (!known.has(each[name]) && known.add(each[name])) pick.add(new Option(each[name], each[name]));
  }
};

/* A line is called by its pod where there are several, else by its container, and by nothing where there is one. */
const nameOrigins = () => {
  const many = new Set(sources.map((each) => each.pod)).size > 1;
  lines.classList.toggle("one-source", sources.length < 2);
  if (many === manyPods) return;
  manyPods = many;
  for (const origin of lines.querySelectorAll(".from")) origin.textContent = many ? short(origin.dataset.pod) : origin.dataset.container;
};

/* What is the matter, once, and with which containers. */
const tellTrouble = (troubled) => {
  const told = new Map();
  for (const { pod, container, trouble } of troubled) told.set(trouble, [...(told.get(trouble) ?? []), `${short(pod)} · ${container}`]);
  part("trouble").hidden = told.size === 0;
  part("trouble").textContent = [...told].map(([trouble, where]) => `${trouble} (${where.join(", ")})`).join("\n");
};

const tellSources = (all) => {
  sources = all.filter((each) => each.id >= 0);
  offer();
  tellTrouble(all.filter((each) => each.trouble));
  nameOrigins();
  none(all.length === 0 ? word("nowhere") : word("none"));
  file();
};

const file = () => {
  const link = part("download");
  const pod = root.querySelector("[data-log-pick=pod]").value || (sources.length > 0 ? sources[0].pod : "");
  link.hidden = !pod;
  const asked = query();
  asked.delete("pod");
  asked.set("timestamps", "1");
  if (pod) link.href = `${root.dataset.file.replace("POD", encodeURIComponent(pod))}?${asked}`;
};

const close = () => {
  source?.close();
  source = null;
  clearTimeout(timer);
};

const open = () => {
  close();
  if (!root.dataset.logs) return;
  source = new EventSource(address());
  source.onopen = () => {
    retry = 0;
    show(paused ? "paused" : "following");
  };
  source.onerror = () => {
    close();
    show("waiting");
    retry += 1;
    timer = setTimeout(open, Math.min(30000, 500 * 2 ** retry) * (0.7 + Math.random() * 0.6));
  };
  source.addEventListener("sources", (event) => tellSources(JSON.parse(event.data)));
  source.addEventListener("lines", (event) => {
    lastId = event.lastEventId;
    const rows = JSON.parse(event.data);
    if (paused) waiting = [...waiting, ...rows].slice(-KEPT);
    else add(rows);
  });
  source.addEventListener("reset", () => {
    close();
    show("ended");
  });
};

const again = () => {
  lines.textContent = "";
  found = 0;
  waiting = [];
  lastId = "";
  sources = [];
  follows = true;
  part("down").hidden = true;
  const asked = query().toString();
  history.replaceState(null, "", asked ? `?${asked}` : location.pathname);
  open();
};

const pause = () => {
  paused = !paused;
  part("pause").setAttribute("aria-pressed", String(paused));
  show(paused ? "paused" : "following");
  if (!paused) {
    add(waiting);
    waiting = [];
  }
};

const search = () => {
  const text = part("search").value;
  const isPattern = switches.find((each) => each.dataset.logSwitch === "regex").checked;
  part("search").setCustomValidity("");
  pattern = null;
  if (text) {
    try {
      pattern = new RegExp(isPattern ? text : text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "giu");
    } catch {
      part("search").setCustomValidity(word("pattern"));
      part("search").reportValidity();
    }
  }
  found = 0;
  for (const row of lines.querySelectorAll(".sw-log-line")) {
    const words = row.querySelector(".text");
    const rest = words.querySelector("i");
    rest?.remove();
    const fits = put(words, words.textContent);
    if (rest) words.append(rest);
    row.classList.toggle("found", fits);
    found += fits;
  }
  if (pattern) count();
  else show(paused ? "paused" : "following");
  turn();
};

const turn = () => {
  const on = Object.fromEntries(switches.map((each) => [each.dataset.logSwitch, each.checked]));
  lines.classList.toggle("wrap", on.wrap);
  lines.classList.toggle("without-times", !on.times);
  lines.classList.toggle("only-found", on.only && Boolean(pattern));
};

if (root) {
  const asked = new URLSearchParams(location.search);
  for (const pick of picks) {
    const name = pick.dataset.logPick;
    const value = name === "begin" ? ["since", "tail"].filter((key) => asked.has(key)).map((key) => `${key}=${asked.get(key)}`)[0] : asked.get(name);
    if (value && ![...pick.options].some((option) => option.value === value)) pick.add(new Option(value, value));
    if (value) pick.value = value;
    pick.addEventListener("change", again);
  }
  for (const each of switches) each.addEventListener("change", search);
  let typing = 0;
  part("search").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 200);
  });
  part("pause").addEventListener("click", pause);
  part("down").addEventListener("click", () => {
    lines.scrollTop = lines.scrollHeight;
  });
  lines.addEventListener("scroll", () => {
    follows = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
    if (follows) part("down").hidden = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else if (!source) open();
  });
  addEventListener("pagehide", close);
  turn();
  open();
}

/* One event stream per page. An event "pods" becomes `sw:pods` on <body>, at most once each 600 ms, and the parts of the
   page that wait for it ask the server again. A hidden tab closes its stream; `reset` asks for every part. */
const body = document.body;
const url = body.dataset.streamAt;
const sign = document.querySelector(".sw-live");
const QUIET = 600;
const names = new Set();
const pending = new Map();
let source = null;
let retry = 0;
let timer = 0;

for (const part of document.querySelectorAll("[hx-trigger]")) {
  for (const match of part.getAttribute("hx-trigger").matchAll(/sw:([\w-]+)/g)) names.add(match[1]);
}

const show = (state) => {
  if (!sign) return;
  sign.dataset.state = state;
  sign.querySelector("[data-word]").textContent = sign.dataset[state];
};

const tell = (name) => {
  if (pending.has(name)) return;
  pending.set(name, setTimeout(() => {
    pending.delete(name);
    body.dispatchEvent(new CustomEvent(`sw:${name}`));
  }, QUIET));
};

const tellAll = () => names.forEach(tell);

const close = () => {
  source?.close();
  source = null;
  clearTimeout(timer);
};

const open = () => {
  close();
  source = new EventSource(url);
  source.onopen = () => {
    // What happened between the making of this page and now was told to nobody.
    tellAll();
    retry = 0;
    show("live");
  };
  source.onerror = () => {
    close();
    show("waiting");
    retry += 1;
    timer = setTimeout(open, Math.min(30000, 500 * 2 ** retry) * (0.7 + Math.random() * 0.6));
  };
  source.addEventListener("reset", tellAll);
  for (const name of names) source.addEventListener(name, () => tell(name));
};

if (url && names.size > 0) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      close();
      show("paused");
    } else {
      open();
    }
  });
  addEventListener("pagehide", close);
  open();
}

/* What the reader opened stays open, and what is being typed stays typed, when a part is replaced. */
const opened = new Map();
// Boxes that pick rows are kept by picks.js and hold nothing up.
const FIELDS = "input:not([type=hidden], [data-pick], [data-pick-all]), textarea, select";
const holdsFields = (part) => Boolean(part?.querySelector?.(FIELDS));
// A page that answers a form shows what was typed with what speaks against it.
const answered = Boolean(document.querySelector("[data-answered]"));
const isBeingTyped = (part) =>
  [...part.querySelectorAll(FIELDS)].some((field) => field === document.activeElement || ("defaultValue" in field && field.value !== field.defaultValue));
// A decision is about the version that its reader saw: the form of a newer one never takes its place unasked.
const SEEN = "#decision [name=seen_version]";
const decidesOnAnother = (part, fresh) => {
  const seen = part.querySelector(SEEN);
  const now = fresh?.querySelector?.(SEEN);
  return Boolean(seen && now && seen.value !== now.value);
};
body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const target = event.detail.target;
  const fresh = event.detail.fragment;
  if (((answered || isBeingTyped(target)) && holdsFields(fresh)) || decidesOnAnother(target, fresh)) {
    event.detail.shouldSwap = false;
    return;
  }
  for (const fold of target.querySelectorAll("details[id]")) opened.set(fold.id, fold.open);
});
body.addEventListener("htmx:oobAfterSwap", () => {
  for (const [id, open] of opened) {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  }
  opened.clear();
  follow();
});

/* What the page is about can grow, as when a request becomes a namespace: then the stream is asked for anew. */
let about = document.querySelector("[data-stream]")?.dataset.stream;
const follow = () => {
  const now = document.querySelector("[data-stream]")?.dataset.stream;
  if (now === about) return;
  about = now;
  open();
};

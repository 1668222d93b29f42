/* <time datetime data-ago> shows how long ago in the page's language and keeps it true; the exact time is its title. */
const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const language = document.documentElement.lang || "en";
const words = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: language.startsWith("zh") ? "long" : "short" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });

const ago = (when) => {
  const seconds = (when - Date.now()) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? words.format(0, "second") : words.format(Math.trunc(seconds), "second");
};

const refresh = (root = document) => {
  for (const element of root.querySelectorAll("time[data-ago]")) {
    const when = new Date(element.dateTime);
    if (Number.isNaN(when.getTime())) continue;
    const text = ago(when);
    if (element.textContent !== text) element.textContent = text;
    if (!element.dataset.exact) {
      element.title = exact.format(when);
      element.dataset.exact = "1";
    }
  }
};

refresh();
setInterval(refresh, 10000);
document.body.addEventListener("htmx:afterSettle", () => refresh());
document.body.addEventListener("htmx:oobAfterSwap", () => refresh());

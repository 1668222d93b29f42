/* One-key shortcuts; never while the reader types. A link or button names its key in data-key. */
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
let first = "";

const press = (keys) => {
  const element = document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
  if (!element) return false;
  if (element.matches("input")) {
    element.focus();
    element.select();
  } else {
    element.click();
  }
  return true;
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const pair = first ? `${first} ${event.key}` : "";
  first = "";
  if ((pair && press(pair)) || press(event.key)) {
    event.preventDefault();
  } else if (event.key === "g") {
    first = "g";
    setTimeout(() => (first = ""), 1200);
  }
});

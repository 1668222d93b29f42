/* Boxes that pick rows of a list: one box picks them all, and what is picked stays so when the list is replaced. A row that
   changed meanwhile has another value: it is no longer picked, since it is no longer what was seen. */
const boxes = () => [...document.querySelectorAll("[data-pick]")];
let kept = new Set();

const showWhetherAll = () => {
  const all = document.querySelector("[data-pick-all]");
  if (!all) return;
  const picked = boxes().filter((box) => box.checked).length;
  all.checked = picked > 0 && picked === boxes().length;
  all.indeterminate = picked > 0 && !all.checked;
};

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) boxes().forEach((box) => (box.checked = event.target.checked));
  if (event.target.matches("[data-pick], [data-pick-all]")) showWhetherAll();
});
document.body.addEventListener("htmx:oobBeforeSwap", () => {
  kept = new Set(boxes().filter((box) => box.checked).map((box) => box.value));
});
document.body.addEventListener("htmx:oobAfterSwap", () => {
  boxes().forEach((box) => (box.checked = box.checked || kept.has(box.value)));
  showWhetherAll();
});
addEventListener("pageshow", showWhetherAll);

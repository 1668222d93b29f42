/* Dialogs, menus and the rail as a drawer. Dialogs are the browser's own, so focus and Escape need no code. */
const drawer = (open) => {
  document.body.classList.toggle("sw-drawer-open", open);
  document.querySelector("[data-drawer]")?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector(".sw-rail a")?.focus();
};

const closeMenus = (except) => {
  for (const menu of document.querySelectorAll(".sw-menu[open]")) {
    if (menu !== except) menu.open = false;
  }
};

document.addEventListener("click", (event) => {
  const target = event.target;
  closeMenus(target.closest(".sw-menu"));
  const opener = target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (target.closest("[data-closes]") || target.matches("dialog")) target.closest("dialog")?.close();
  if (target.closest("[data-drawer]")) drawer(!document.body.classList.contains("sw-drawer-open"));
  if (target.closest(".sw-scrim")) drawer(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  closeMenus();
  drawer(false);
});

/* A word typed by the reader arms the button that destroys something. */
document.addEventListener("input", (event) => {
  const word = event.target.dataset?.arms;
  if (!word) return;
  const button = event.target.form.querySelector("[type=submit]");
  button.disabled = event.target.value.trim() !== word;
});

/* Pressing twice sends once. */
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented || event.target.method === "dialog") return;
  setTimeout(() => button.setAttribute("disabled", ""), 0);
  setTimeout(() => button.removeAttribute("disabled"), 4000);
});

addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[type=submit][disabled]:not([data-armed])")) button.removeAttribute("disabled");
});

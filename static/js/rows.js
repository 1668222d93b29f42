/* A table of inputs that grows: the button copies the last row and empties it. */
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-adds-row]");
  if (!button) return;
  const rows = button.parentElement.querySelector("[data-rows]");
  const row = rows.lastElementChild.cloneNode(true);
  for (const input of row.querySelectorAll("input")) input.value = "";
  rows.append(row);
  htmx.process(row);
  row.querySelector("input").focus();
});

/* Forms that answer while somebody types: errors reach screen readers, the approve button says what it does, and an
   approver learns at once when the request changed under the form. */
const nameApprove = () => {
  const button = document.querySelector("[data-approve]");
  if (!button) return;
  button.dataset.plain ||= button.textContent;
  const changed = [...document.querySelectorAll("[data-number]")].some((input) => input.value !== input.defaultValue);
  button.textContent = changed ? button.dataset.wordChanged : button.dataset.plain;
};

/* The server weighs what was asked; numbers that are being typed are weighed again. */
const weighAgain = (target) => {
  const typed = [...document.querySelectorAll("[data-number]")].find((input) => input.value !== input.defaultValue);
  if (typed && target.querySelector("#outlook-lines")) htmx.trigger(typed, "change");
};

const markInvalid = (errors) => {
  const field = document.getElementById(errors.id.replace(/_error$/, ""));
  if (field?.matches("input, textarea, select")) field.setAttribute("aria-invalid", String(errors.childElementCount > 0));
};

const warnOfChange = () => {
  const note = document.getElementById("changed-note");
  const seen = document.querySelector("#decision [name=seen_version]");
  const now = document.querySelector("#state [data-version]");
  if (note && seen && now) note.hidden = seen.value === now.dataset.version;
};

/* A link that offers other values fills in the form that is open, which may hold more than an address can; elsewhere it is followed. */
const fill = (form, values) => {
  for (const [name, value] of values) if (form.elements[name]) form.elements[name].value = value;
  form.elements.minimum.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-fill]");
  const form = link?.closest("form");
  if (!form?.elements.minimum || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  fill(form, new URL(link.href).searchParams);
});
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-number]")) nameApprove();
});
document.body.addEventListener("htmx:oobAfterSwap", (event) => {
  const target = event.detail.target;
  if (target.id.endsWith("_error")) markInvalid(document.getElementById(target.id) ?? target);
  nameApprove();
  warnOfChange();
  weighAgain(document.getElementById(target.id) ?? target);
});
nameApprove();

// Comfort only: every function works without this script.
"use strict";

const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

function focusWhatMatters() {
  const target = document.querySelector("[data-focus]");
  if (target) target.focus();
}

// A second click while the first is on its way does nothing.
function sendOnce() {
  each("form[method=post]", (form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  }));
  window.addEventListener("pageshow", () => each("form[data-sent]", (form) => delete form.dataset.sent));
}

function closeMenus() {
  const close = (except) => each("details.hs-menu[open]", (menu) => { if (!menu.contains(except)) menu.open = false; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(null); });
  document.addEventListener("click", (event) => close(event.target));
}

function switchTextSize() {
  each("[data-text-size]", (link) => link.addEventListener("click", (event) => {
    event.preventDefault();
    const size = link.dataset.textSize;
    document.cookie = `text_size=${size}; path=/; max-age=31536000; samesite=lax`;
    document.documentElement.classList.toggle("hs-text-large", size === "large");
    link.dataset.textSize = size === "large" ? "normal" : "large";
    link.textContent = size === "large" ? "标准字号" : "大字版";
  }));
}

// Typed and not saved: say so, and ask before the page is left.
function guardTyping() {
  each("form[data-guard]", (form) => {
    const ask = (event) => event.preventDefault();
    form.addEventListener("input", () => {
      window.addEventListener("beforeunload", ask);
      each("[data-unsaved]", (note) => { note.textContent = note.dataset.unsaved; }, form);
    });
    form.addEventListener("submit", () => window.removeEventListener("beforeunload", ask));
  });
}

// Bring questions up to date without touching those that stay: what is typed or focused there is left alone.
const HOLDERS = "[data-person], .hs-decide__person, .hs-rows, .hs-rows__row";
const keyOf = (node) => node.id || node.querySelector("[id]")?.id || node.getAttribute("name") || node.textContent.trim();

function merge(old, fresh) {
  const wanted = new Set([...fresh.children].map(keyOf));
  for (const child of [...old.children]) if (!wanted.has(keyOf(child))) child.remove();
  const known = new Map([...old.children].map((child) => [keyOf(child), child]));
  let place = old.firstElementChild;
  for (const child of [...fresh.children]) {
    const twin = known.get(keyOf(child));
    if (!twin) {
      old.insertBefore(document.adoptNode(child), place);
      continue;
    }
    if (twin.matches("input[type=hidden]")) twin.value = child.value;
    else if (twin.matches(HOLDERS)) merge(twin, child);
    place = twin.nextElementSibling;
  }
}

// Answers that call for further questions: fetch the page as it would look, and take over its questions.
function refreshQuestions() {
  const shownIn = (root) => root.querySelector("[data-swap] [name=_shown]")?.value;
  each("form[data-refresh]", (form) => {
    let latest = 0;
    form.addEventListener("change", async (event) => {
      if (!event.target.matches("input[type=radio], input[type=checkbox], select")) return;
      if ([...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) return;
      const mine = ++latest;
      const body = new FormData(form);
      body.set("then", "refresh");
      body.delete("password");
      const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
      if (!answer || !answer.ok || answer.redirected || mine !== latest) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("form[data-refresh] [data-swap]");
      if (!fresh || shownIn(page) === shownIn(form)) return;
      merge(form.querySelector("[data-swap]"), fresh);
    });
  });
}

const isTyping = (target) => target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

function walkRows() {
  const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
  if (!rows.length) return null;
  let place = -1;
  return (step) => {
    rows[place]?.classList.remove("is-current");
    place = Math.min(Math.max(place + step, 0), rows.length - 1);
    rows[place].classList.add("is-current");
    rows[place].querySelector("a").focus();
  };
}

function walkPeople() {
  if (!document.querySelector("[data-person]")) return null;
  return (step) => {
    const people = [...document.querySelectorAll("[data-person]")];
    const now = people.findIndex((one) => one.contains(document.activeElement));
    const next = people[Math.min(Math.max(now + step, 0), people.length - 1)];
    (next.querySelector("input:checked") || next.querySelector("input, textarea"))?.focus();
    next.scrollIntoView({ block: "nearest" });
  };
}

function choose(number) {
  const person = document.activeElement?.closest("[data-person]");
  const option = person?.querySelectorAll("input[type=radio]")[number - 1];
  if (option) option.click();
}

function shortcuts() {
  const walk = walkRows() || walkPeople();
  const decide = document.querySelector("form[data-decide]");
  document.addEventListener("keydown", (event) => {
    if (decide && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      decide.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (walk && event.key.toLowerCase() === "j") walk(1);
    else if (walk && event.key.toLowerCase() === "k") walk(-1);
    else if (decide && ["1", "2", "3"].includes(event.key)) choose(Number(event.key));
    else if (decide && event.key.toLowerCase() === "a") document.getElementById("files")?.scrollIntoView();
    else return;
    event.preventDefault();
  });
}

document.documentElement.classList.add("has-script");
document.addEventListener("DOMContentLoaded", () => {
  focusWhatMatters();
  sendOnce();
  closeMenus();
  switchTextSize();
  guardTyping();
  refreshQuestions();
  shortcuts();
  document.querySelector("form[data-resume]")?.requestSubmit();
});

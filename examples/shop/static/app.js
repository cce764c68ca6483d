"use strict";

// Everything here adds to forms that work without it. No cookie, token or password is kept.

const LINES = {
  offline: "The server can't be reached. Check your connection and try again.",
  odd: "Something went wrong. Try again in a moment.",
  again: "You can try again now.",
  busy: "One moment…",
};
const SLOWEST_WAIT_SECONDS = 3600;

/** Show one sentence in the form's live region. */
function say(form, text, tone) {
  const status = form.querySelector("[data-status]");
  status.textContent = text;
  status.className = `status ${tone}`;
  return status;
}

/** Put a wait into words that fit a button. */
function clock(seconds) {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
}

/** Hold the button until the server takes another try. */
function hold(form, seconds) {
  const button = form.querySelector("[type=submit]");
  const label = button.textContent;
  const until = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `Try again in ${clock(left)}` : label;
    if (left > 0) setTimeout(tick, 250);
    else say(form, LINES.again, "good");
  };
  tick();
}

/** Read Retry-After in seconds; a date or nonsense counts as the shortest wait. */
function retryAfter(response) {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Math.min(Math.max(Number.isNaN(seconds) ? 1 : seconds, 1), SLOWEST_WAIT_SECONDS);
}

/** Find the input that a reason is about. Codes about a name or address say so. */
function inputFor(form, code) {
  const name = ["username", "email"].find((field) => code.startsWith(`${field}_`)) ?? "password";
  return form.elements.namedItem(name);
}

/** List what the server can't accept and lead to the first of it. */
function showFeedback(form, reasons) {
  const list = form.querySelector("[data-feedback]");
  if (!list) return;
  list.replaceChildren(...reasons.map((reason) => {
    const item = document.createElement("li");
    item.textContent = String(reason.message);
    return item;
  }));
  const inputs = reasons.map((reason) => inputFor(form, String(reason.code))).filter(Boolean);
  for (const input of inputs) {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-errormessage", list.id);
  }
  inputs[0]?.focus();
}

/** Forget what an earlier answer said. */
function clear(form) {
  say(form, "", "");
  form.querySelector("[data-feedback]")?.replaceChildren();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-errormessage");
  }
}

function succeed(form, problem) {
  if (form.dataset.done === "home") {
    location.assign("/");
    return;
  }
  form.reset();
  form.dispatchEvent(new Event("input", { bubbles: true }));
  say(form, problem.detail ?? "", "good").focus();
  if (form.dataset.done === "finished") {
    for (const part of form.querySelectorAll(".field, [type=submit]")) part.hidden = true;
    form.parentElement.querySelector(".after").hidden = false;
  }
}

function refuse(form, response, problem) {
  const reasons = Array.isArray(problem.feedback) ? problem.feedback : [];
  const status = say(form, reasons.length ? "" : problem.detail ?? LINES.odd, "bad");
  if (reasons.length) {
    showFeedback(form, reasons);
    return;
  }
  status.focus();
  if (response.status === 429 || response.status === 503) hold(form, retryAfter(response));
}

async function post(form) {
  const response = await fetch(form.action, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json, application/problem+json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  const body = await response.json().catch(() => ({}));
  return { response, body };
}

async function submit(form) {
  const button = form.querySelector("[type=submit]");
  const label = button.textContent;
  clear(form);
  form.dispatchEvent(new CustomEvent("masked"));
  button.disabled = true;
  button.textContent = LINES.busy;
  const answer = await post(form).catch(() => null);
  button.disabled = false;
  button.textContent = label;
  if (!answer) say(form, LINES.offline, "bad").focus();
  else if (answer.response.ok) succeed(form, answer.body);
  else refuse(form, answer.response, answer.body);
}

/** Show or mask a password; it is masked again before the browser may remember the form. */
function toggles(button) {
  const input = document.getElementById(button.dataset.toggle);
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? "Hide" : "Show";
    button.setAttribute("aria-label", visible ? "Hide password" : "Show password");
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(input.type === "password");
    input.focus();
  });
  input.form.addEventListener("masked", () => show(false));
}

/** Lead from a chosen form to its first field, and say which one is chosen. */
function followPanel() {
  const panel = document.getElementById(location.hash.slice(1));
  if (!panel?.matches(".panel")) return;
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.hash === location.hash) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  panel.querySelector("input").focus({ preventScroll: true });
}

/** Take back what was said about an input as soon as it changes. */
function forgive(form, input) {
  if (!input.matches("[aria-invalid]")) return;
  input.removeAttribute("aria-invalid");
  input.removeAttribute("aria-errormessage");
  if (!form.querySelector("[aria-invalid]")) form.querySelector("[data-feedback]").replaceChildren();
}

for (const form of document.querySelectorAll("form[data-done]")) {
  form.addEventListener("input", (event) => forgive(form, event.target));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form);
  });
}
document.querySelectorAll("[data-toggle]").forEach(toggles);
addEventListener("hashchange", followPanel);
followPanel();

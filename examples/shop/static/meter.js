"use strict";

// What a new password is worth while it is typed: the server's word, or its length alone where there is none.
// Nothing of it is kept, here or there, and nothing goes into an address.

const PAUSE_MS = 300;
const LONGEST_ANSWER_MS = 5000;
const STALE_MS = 1000;
const AFTER_FAILURE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 3600;
const STRENGTHS = ["Very weak", "Weak", "Fair", "Strong", "Very strong"];
const FAIR = 2;
const MOST_NOTES = 3;

/** Count as the server does: code points after NFC. */
const codePoints = (text) => [...text.normalize("NFC")].length;

/** Show how long it is. Returns what is to be read out where there is nothing else to say. */
function showLength(parts, length, { min, max }) {
  const [tone, text, told] = length > max ? ["bad", `${length - max} too many`, "Too long."]
    : length >= min ? ["good", `${length}, long enough`, "Long enough."]
    : ["", length ? `${min - length} to go` : "", "Too short."];
  parts.bar.value = length;
  parts.bar.className = tone;
  // Beside a strength the length is just a number: "long enough" would praise a weak one.
  const plain = tone === "good" && !parts.meter.hidden;
  parts.count.textContent = plain ? `${length} so far` : text;
  parts.count.className = plain ? "count" : `count ${tone}`;
  return told;
}

/** Put the verdict into words. Neither here nor on the page is the colour the only sign. */
function verdictOf(answer) {
  const strength = STRENGTHS[answer.score] ?? STRENGTHS[0];
  if (answer.ok) return { tone: "good", strength, text: `${strength}. You can use it.` };
  if (answer.score < FAIR) return { tone: "bad", strength, text: `${strength}.` };
  // Strong as it may be, it can't be used: it is too short, say.
  return { tone: "fair", strength, text: answer.score > FAIR ? "Can't be used yet." : `${strength}, but not enough.` };
}

/** Choose what to say: all that must change, then what else is known, then what helps. */
function notesOf(answer) {
  const must = answer.findings.filter((one) => one.blocks).map((one) => ["must", one.message]);
  const known = answer.findings.filter((one) => !one.blocks).map((one) => ["known", one.message]);
  const helps = answer.ok ? [] : answer.advice.map((one) => ["helps", one.message]);
  const room = Math.max(1, MOST_NOTES - must.length);
  return [...must, ...[...helps.slice(0, 1), ...known, ...helps.slice(1)].slice(0, room)];
}

/** Show what the server says. Returns what is to be read out when it changes. */
function showStrength(parts, answer) {
  const { tone, strength, text } = verdictOf(answer);
  const notes = notesOf(answer);
  // An empty bar looks like one that doesn't work.
  parts.meter.value = Math.max(answer.score, 0.35);
  parts.meter.className = tone;
  parts.meter.setAttribute("aria-valuetext", strength);
  parts.verdict.textContent = text;
  parts.verdict.className = tone;
  parts.reasons.replaceChildren(...notes.map(([kind, message]) => {
    const item = document.createElement("li");
    item.className = kind;
    item.textContent = message;
    return item;
  }));
  return [text, ...notes.map(([, message]) => message)].join(" ");
}

/** Show the strength or, without it, the bar of the length. */
function choose(parts, hasStrength) {
  parts.bar.hidden = hasStrength;
  parts.meter.hidden = !hasStrength;
  parts.strength.hidden = !hasStrength;
  if (hasStrength) return;
  // What describes a field is read out even where it is hidden.
  parts.verdict.textContent = "";
  parts.reasons.replaceChildren();
}

/** Read out what has changed, and nothing twice. */
function announcer(region) {
  let last = "";
  return (text) => {
    if (text !== last) region.textContent = text;
    last = text;
  };
}

/** Seconds until the server may be asked again; it says so where it has had too many questions. */
function pauseAfter(response) {
  const seconds = Number.parseInt(response?.headers.get("Retry-After") ?? "", 10);
  return Math.min(Number.isNaN(seconds) ? AFTER_FAILURE_SECONDS : Math.max(seconds, 1), LONGEST_PAUSE_SECONDS);
}

async function ask(question, signal) {
  const response = await fetch("/password/assess", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json, application/problem+json" },
    body: JSON.stringify(question),
    cache: "no-store",
    signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_ANSWER_MS)]),
  });
  return response.ok ? { answer: await response.json() } : { pause: pauseAfter(response) };
}

/** Follow one field. The newest question wins: older ones are given up. */
function follow(field) {
  const form = field.closest("form");
  const parts = Object.fromEntries(Object.entries({
    input: "input", bar: "progress", meter: "meter", count: "[data-count]", strength: "[data-strength]",
    verdict: "[data-verdict]", reasons: "[data-reasons]", announce: "[data-announce]",
  }).map(([name, selector]) => [name, field.querySelector(selector)]));
  const bounds = { min: Number(field.dataset.min), max: Number(field.dataset.max) };
  const say = announcer(parts.announce);
  let asked = "";
  let timer = 0;
  let stale = 0;
  let running = new AbortController();
  let closedUntil = 0;

  const question = () => ({
    password: parts.input.value,
    username: form.elements.namedItem("username")?.value ?? "",
    email: form.elements.namedItem("email")?.value ?? "",
    token: form.elements.namedItem("token")?.value ?? "",
  });

  /** Without the server's word the length is all there is to tell. */
  const fallBack = () => {
    choose(parts, false);
    const told = showLength(parts, codePoints(parts.input.value), bounds);
    say(parts.input.value ? told : "");
  };

  const assess = async () => {
    const mine = running = new AbortController();
    const outcome = await ask(question(), mine.signal).catch(() => ({ pause: AFTER_FAILURE_SECONDS }));
    if (mine.signal.aborted) return;
    clearTimeout(stale);
    if (outcome.answer) {
      choose(parts, true);
      showLength(parts, codePoints(parts.input.value), bounds);
      say(showStrength(parts, outcome.answer));
      return;
    }
    closedUntil = Date.now() + outcome.pause * 1000;
    asked = "";
    fallBack();
    // Quietly, and later: nobody types for the meter's sake.
    timer = setTimeout(update, outcome.pause * 1000);
  };

  const update = () => {
    const length = codePoints(parts.input.value);
    showLength(parts, length, bounds);
    const next = JSON.stringify(question());
    if (next === asked) return;
    clearTimeout(timer);
    clearTimeout(stale);
    running.abort();
    asked = next;
    // The verdict is about what stood there before: it doesn't stay for long without a new one.
    stale = setTimeout(fallBack, PAUSE_MS + STALE_MS);
    if (!length || length > bounds.max) fallBack();
    else if (Date.now() < closedUntil) {
      asked = "";
      fallBack();
      timer = setTimeout(update, closedUntil - Date.now());
    } else timer = setTimeout(assess, PAUSE_MS);
  };

  parts.bar.hidden = false;
  // Some password managers tell a form of no more than the change.
  for (const kind of ["input", "change"]) form.addEventListener(kind, update);
  update();
}

document.querySelectorAll("[data-counted]").forEach(follow);

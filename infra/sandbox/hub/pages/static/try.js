// The try-it forms: asks for a key once, calls the API as any client would, and shows status and answer.
"use strict";

let key = null;

async function keyOfThisPage() {
  if (key === null) {
    const answer = await fetch("/hub/keys", { method: "POST", body: JSON.stringify({ name: "browser" }) });
    key = (await answer.json()).key;
  }
  return key;
}

function jsonValue(field) {
  if (["NUMBER", "INTEGER"].includes(field.dataset.type)) return Number(field.value);
  if (field.dataset.type === "BOOLEAN") return field.value === "true";
  if (field.dataset.type === "ARRAY") return field.value.split(",").map(Number);
  return field.value;
}

function requestOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const body = {};
  for (const field of form.querySelectorAll("[data-place]")) {
    if (field.value === "") continue;
    if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.dataset.place === "query") query.set(field.name, field.value);
    else body[field.name] = jsonValue(field);
  }
  const asked = query.toString();
  const options = { method: form.dataset.method };
  if (options.method !== "GET") options.body = JSON.stringify(body);
  return [asked ? `${path}?${asked}` : path, options];
}

function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function tryIt(form) {
  const status = form.querySelector("output");
  const shown = form.querySelector(".answer");
  const [path, options] = requestOf(form);
  status.className = "quiet";
  status.textContent = "calling ...";
  const began = performance.now();
  try {
    options.headers = { "X-Hub-Key": await keyOfThisPage(), "X-Hub-Session": "browser" };
    const answer = await fetch(path, options);
    const text = await answer.text();
    const took = Math.round(performance.now() - began);
    status.textContent = `${answer.status} ${answer.statusText}, ${took} ms, ${answer.headers.get("content-type")}`;
    status.classList.toggle("failed", !answer.ok);
    shown.textContent = readable(text.slice(0, 100000)) || "(an empty answer)";
  } catch (error) {
    status.textContent = "the hub does not answer";
    status.classList.add("failed");
    shown.textContent = String(error);
  }
  shown.hidden = false;
}

for (const form of document.querySelectorAll("form.try")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tryIt(form);
  });
}

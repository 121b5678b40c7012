// The furnisher's page with a script: drag-and-drop, pieces that go on where they stopped, live progress.
// Without it the page's plain form does the same in one go.
"use strict";

const RETRIES = 60;
const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

class Sender {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.token = form.elements.token.value;
    this.box = form.querySelector(".sending");
    this.bar = this.box.querySelector("progress");
    this.said = this.box.querySelector(".said");
  }

  say(words, perMille) {
    this.box.hidden = false;
    this.said.textContent = words;
    if (perMille !== undefined) this.bar.value = perMille;
  }

  async ask(method, path, body, more = {}) {
    const headers = { "X-CSRF-Token": this.token, ...more };
    for (let tried = 0; ; tried += 1) {
      try {
        const reply = await fetch(path, { method, body, headers });
        if (reply.status < 500 || tried >= RETRIES) return { status: reply.status, told: await reply.json() };
      } catch (trouble) {
        if (tried >= RETRIES) throw trouble;
      }
      this.say(this.words.waiting);
      await wait(Math.min(2 ** tried, 15));
    }
  }

  // The key under which this browser remembers an unfinished upload holds no name: size and time only.
  key(file) {
    return `openbureau-upload-${file.size}-${file.lastModified}`;
  }

  async begin(file) {
    const held = localStorage.getItem(this.key(file));
    if (held) {
      const { status, told } = await this.ask("GET", `/v1/uploads/${held}`);
      if (status === 200 && told.upload.size === file.size && !told.upload.receipt_id) {
        this.say(this.words.resumed);
        return told.upload;
      }
    }
    const body = JSON.stringify({ size: file.size });
    const { status, told } = await this.ask("POST", "/v1/uploads", body, { "Content-Type": "application/json" });
    if (status !== 201) throw new Error(told.title);
    localStorage.setItem(this.key(file), told.upload.upload_id);
    return told.upload;
  }

  async send(file) {
    this.form.classList.add("busy");
    try {
      let upload = await this.begin(file);
      const place = `/v1/uploads/${upload.upload_id}`;
      const piece = Number(this.words.piece);
      while (upload.held < upload.size) {
        this.say(`${this.words.sending} ${Math.floor((upload.held * 100) / upload.size)}%`, (upload.held * 1000) / upload.size);
        const content = file.slice(upload.held, upload.held + piece);
        const { status, told } = await this.ask("PUT", `${place}?at=${upload.held}`, content);
        if (status !== 200 && status !== 409) throw new Error(told.title);
        upload = told.upload;
        if (upload.receipt_id) break;
      }
      this.say(this.words.receiving, 1000);
      const { status, told } = await this.ask("POST", `${place}/finish`, null, { Prefer: "respond-async" });
      localStorage.removeItem(this.key(file));
      if (status >= 300) {
        await this.ask("DELETE", place);
        const zh = document.documentElement.lang === "zh-CN";
        const finding = told.finding;
        throw new Error(finding ? `${finding.what[zh ? "zh" : "en"]} ${finding.cure[zh ? "zh" : "en"]}` : told.title);
      }
      location.assign(`/furnisher/files/${told.receipt.receipt_id}`);
    } catch (trouble) {
      this.say(`${this.words.failed}: ${trouble.message}`, 0);
      this.box.classList.add("bad");
    } finally {
      this.form.classList.remove("busy");
    }
  }
}

function openDoor(form) {
  const sender = new Sender(form);
  const zone = form.querySelector(".zone");
  const input = form.elements.file;
  form.querySelector(".scripted").hidden = false;
  form.querySelector(".plainly").hidden = true;
  const start = () => {
    sender.box.classList.remove("bad");
    if (input.files[0] && input.files[0].size) sender.send(input.files[0]);
    else sender.say(sender.words.failed, 0);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start();
  });
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    start();
  });
}

async function follow(place) {
  const bar = place.querySelector("progress");
  for (;;) {
    await wait(1.5);
    const reply = await fetch(`/v1/furnishings/${place.dataset.loading}`).catch(() => null);
    if (!reply || !reply.ok) continue;
    const { progress } = await reply.json();
    if (bar) bar.value = progress.per_mille;
    if (progress.state === "done") {
      location.reload();
      return;
    }
  }
}

document.querySelectorAll("form.drop").forEach(openDoor);
const waiting = document.querySelector("[data-loading]");
if (waiting) follow(waiting);

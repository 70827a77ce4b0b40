// What goes over the wire: the page's data, and decisions. Refusals come back as sentences.

import { meta } from "./dom.js";

export class Refused extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

/** Asks again and again for a page, and tells only of changes. */
export class Wire {
  constructor(address) {
    this.address = address;
    this.mark = null;
  }

  /** The data, or null while nothing has changed. */
  async fetch() {
    const known = this.mark ? `?known=${encodeURIComponent(this.mark)}` : "";
    const answer = await fetch(this.address + known, { cache: "no-store" });
    if (answer.status === 204) return null;
    if (!answer.ok) throw new Refused(await sentence(answer), answer.status);
    this.mark = (answer.headers.get("etag") ?? "").replace(/^W\/|"/g, "") || null;
    return answer.json();
  }
}

/** Data at an address, once. */
export async function load(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) throw new Refused(await sentence(answer), answer.status);
  return answer.json();
}

let word = meta("word"); // what this page was given; a room that was started anew has another one

export const post = async (address, body) => (await posted(address, body)).json();

/** A picture that is drawn for what was sent; put on a canvas, because the page's policy loads no other pictures. */
export const picture = async (address, body) => createImageBitmap(await (await posted(address, body)).blob());

/** A file, as its bytes. */
export const sendFile = async (address, file) => (await posted(address, file)).json();

async function posted(address, body) {
  let answer = await sent(address, body);
  if (answer.status === 409 && (await answer.clone().text()).startsWith("This page is older")) {
    word = await renewed();
    answer = await sent(address, body);
  }
  if (!answer.ok) throw new Refused(await sentence(answer), answer.status);
  return answer;
}

const sent = (address, body) =>
  fetch(address, {
    method: "POST",
    headers: { "content-type": body instanceof Blob ? "application/octet-stream" : "application/json", "x-sakuga-word": word },
    body: body instanceof Blob ? body : JSON.stringify(body),
  });

async function renewed() {
  const page = await (await fetch(location.pathname, { cache: "no-store", headers: { accept: "text/html" } })).text();
  return new DOMParser().parseFromString(page, "text/html").querySelector('meta[name="sakuga-word"]')?.content ?? "";
}

async function sentence(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text).problem ?? text;
  } catch {
    return text || `HTTP ${answer.status}`;
  }
}

/** One photo to its place, with its progress: fetch cannot tell how much has gone, XMLHttpRequest can. */

import { Offline, Problem } from "./api.js";

// A connection that moves nothing for so long is lost, whatever the phone believes.
const STALLED_MS = 30_000;

/**
 * Post a photo with its ticket; `tell` is called with a number from 0 to 1 as it goes.
 *
 * Throws Offline when the connection is lost, Problem when the ticket is not taken (it ran out).
 *
 * @param {Ticket} ticket
 * @param {Blob} photo
 * @param {(part: number) => void} tell
 * @returns {Promise<void>}
 */
export function upload(ticket, photo, tell) {
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  // What comes after the file is not read.
  form.append("file", photo, "photo");
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer = 0;
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALLED_MS);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      moved();
      tell(total ? loaded / total : 0);
    };
    request.onload = () => (request.status < 300 ? resolve() : reject(new Problem(request.status, {})));
    request.onerror = request.onabort = () => reject(new Offline());
    request.onloadend = () => clearTimeout(timer);
    request.open("POST", ticket.url);
    moved();
    request.send(form);
  });
}

/** A line on top of the page while there is no connection. */

import { el, main } from "./dom.js";

const LOST = "いま、インターネットにつながっていません。";

/** Watch the connection as long as the page lives; `meanwhile` says what that means here. */
export function watchConnection(meanwhile = "入力した内容は、この画面に残っています。") {
  const line = el("div", { role: "status", class: "wrap narrow" });
  main().before(line);
  const tell = () =>
    line.replaceChildren(...(navigator.onLine ? [] : [el("p", { class: "note warning" }, LOST + meanwhile)]));
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
}

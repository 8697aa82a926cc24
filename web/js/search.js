/** For anyone: the search, and each title. */

import { startApp } from "./app.js";
import { watchConnection } from "./connection.js";
import { el } from "./dom.js";
import { searchViewWith, titleViewWith } from "./titles.js";

/**
 * Holding a title begins with signing in.
 *
 * @param {Answer} title
 */
const hold = ({ title_id: id, title }) =>
  el(
    "div",
    { class: "actions" },
    el(
      "a",
      {
        class: "button",
        href: `library.html#place/${encodeURIComponent(id)}`,
        "aria-label": `「${title}」を予約する`,
      },
      "予約する",
    ),
  );

// The form of the home page asks by the query.
const asked = new URLSearchParams(location.search).get("q");
if (asked) history.replaceState(null, "", `${location.pathname}#search/${encodeURIComponent(asked)}`);
watchConnection("画面の内容は、新しくならないことがあります。");
startApp("資料をさがす", [searchViewWith(hold), titleViewWith(hold)]);

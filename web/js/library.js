/** My Library: what a patron has on hold and at home, and everything they can do about it. */

import { startApp } from "./app.js";
import { watchConnection } from "./connection.js";
import { el } from "./dom.js";
import { basketView } from "./library/basket.js";
import { cardView } from "./library/card.js";
import { holdsView } from "./library/holds.js";
import { loansView } from "./library/loans.js";
import { mailsView } from "./library/mails.js";
import { forgetCard } from "./library/kept-card.js";
import { orderView } from "./library/order.js";
import { forgetPlace, placeView } from "./library/place.js";
import { returnedView } from "./library/returned.js";
import { searchView, titleView } from "./library/search.js";
import { settingsView } from "./library/settings.js";
import { todayView } from "./library/today.js";
import { keepPage } from "./offline.js";

/** @type {SignIn} */
const PATRON = {
  title: "Myライブラリ",
  lead: "利用者番号(カードの番号)と、パスワードでログインしてください。はじめての方は、受理メールに書かれた仮パスワードを使います。",
  pool: "patron",
  group: "patron",
  label: "利用者番号(カードの番号)",
  hint: "バーコードといっしょに印刷されている数字です。",
  digits: true,
  stays: true,
  ways: [
    ["guide.html", "使い方"],
    ["facilities.html", "{{partner_word}}"],
  ],
  onSignOut: () => {
    forgetPlace();
    forgetCard();
  },
  others: "利用者番号でログインしてください。",
  below: () =>
    el(
      "ul",
      { class: "links" },
      el("li", {}, el("a", { href: "password.html" }, "パスワードを忘れた方、仮パスワードの期限が過ぎた方")),
      el("li", {}, el("a", { href: "apply.html" }, "{{card_word}}を作る方、登録の内容を変える方")),
    ),
};

watchConnection("画面の内容は、新しくならないことがあります。");
startApp(
  "Myライブラリ",
  [
    todayView,
    holdsView,
    orderView,
    loansView,
    returnedView,
    cardView,
    searchView,
    titleView,
    placeView,
    basketView,
    mailsView,
    settingsView,
  ],
  PATRON,
);
keepPage();

/** A partner facility: its bags, what it tells the prefectural library, its closed days (RULES 28-30, 40, 54). */

import { startApp } from "./app.js";
import { watchConnection } from "./connection.js";
import { el } from "./dom.js";
import { forgetBags } from "./facility/bag-lists.js";
import { bagViews, lookAgain } from "./facility/bags.js";
import { READER_FILES } from "./facility/camera.js";
import { closuresView } from "./facility/closures.js";
import { forgetOwnFacility, ownNumber } from "./facility/own-facility.js";
import { reportsView } from "./facility/reports.js";
import { sheetView } from "./facility/sheet.js";
import { countUnsent, watchUnsent } from "./facility/unsent.js";
import { keepPage } from "./offline.js";
import { followLink } from "./session.js";

/** @type {SignIn} */
const FACILITY = {
  title: "{{partner_word}}の画面",
  lead: "{{partner_word}}IDとパスワードでログインしてください。",
  pool: "staff",
  group: "facility",
  label: "{{partner_word}}ID",
  others: "{{partner_word}}IDでログインしてください。",
  below: () =>
    countUnsent()
      ? el(
          "p",
          { class: "note warning" },
          `この機器に、まだ送られていない記録が${countUnsent()}件あります。ログインすると送られます。`,
        )
      : null,
  onSignOut: () => {
    forgetBags();
    forgetOwnFacility();
  },
};

// Who comes by the link on a crate's list is let in by it; it does not stay in the address.
const [, link] = location.hash.match(/^#link\/([\w-]+)$/) ?? [];
if (link) followLink(link);
// Whoever opens the page without a word stands at the counter.
if (link || !location.hash) history.replaceState(null, "", "#to_hand_over");
watchConnection("お渡しや到着の記録は、この機器に残り、つながったときに送られます。");
watchUnsent(ownNumber, lookAgain);
startApp("{{partner_word}}の画面", [...bagViews, sheetView, reportsView, closuresView], FACILITY);
keepPage(READER_FILES);

/** A partner facility: its bags, what it tells the prefectural library, its closed days (RULES 28-30, 40, 54). */

import { startApp } from "./app.js";
import { watchConnection } from "./connection.js";
import { forgetBags } from "./facility/bag-lists.js";
import { bagViews } from "./facility/bags.js";
import { closuresView } from "./facility/closures.js";
import { forgetOwnFacility } from "./facility/own-facility.js";
import { reportsView } from "./facility/reports.js";
import { keepPage } from "./offline.js";
import { followLink } from "./session.js";

/** @type {SignIn} */
const FACILITY = {
  title: "協力館の画面",
  lead: "協力館IDとパスワードでログインしてください。",
  pool: "staff",
  group: "facility",
  label: "協力館ID",
  others: "協力館IDでログインしてください。",
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
watchConnection("");
startApp("協力館の画面", [...bagViews, reportsView, closuresView], FACILITY);
keepPage();

/** A partner facility: its bags, what it tells the prefectural library, its closed days (RULES 28-30, 40, 54). */

import { watchConnection } from "./connection.js";
import { bagRooms, forgetBags } from "./facility/bags.js";
import { closuresRoom } from "./facility/closures.js";
import { forgetHere } from "./facility/here.js";
import { reportsRoom } from "./facility/reports.js";
import { openHouse } from "./rooms.js";

const FACILITY = {
  title: "協力館の画面",
  lead: "協力館IDとパスワードでログインしてください。",
  group: "facility",
  label: "協力館ID",
  others: "協力館IDでログインしてください。",
  leaving: () => {
    forgetBags();
    forgetHere();
  },
};

// Whoever opens the page without a word stands at the counter.
if (!location.hash) history.replaceState(null, "", "#to_hand_over");
watchConnection("");
openHouse("協力館の画面", [...bagRooms, reportsRoom, closuresRoom], FACILITY);

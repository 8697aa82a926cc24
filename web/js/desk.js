/** The desk: what the library's staff do, room by room. */

import { watchConnection } from "./connection.js";
import { applicationsRoom, oneApplicationRoom } from "./desk/applications.js";
import { cardsRoom } from "./desk/cards.js";
import { checkInsRoom } from "./desk/checkins.js";
import { checkOutsRoom } from "./desk/checkouts.js";
import { contactsRoom } from "./desk/contacts.js";
import { cratesRoom, crateListsRoom, slipsRoom } from "./desk/crates.js";
import { lettersRoom } from "./desk/letters.js";
import { patronRoom } from "./desk/patron.js";
import { peopleRoom, registerRoom } from "./desk/people.js";
import { pullSheetRoom, pullsRoom } from "./desk/pulls.js";
import { reportsRoom } from "./desk/reports.js";
import { trailRoom } from "./desk/trail.js";
import { openHouse } from "./rooms.js";

const STAFF = {
  title: "職員の画面",
  lead: "職員の利用者名とパスワードでログインしてください。",
  group: "desk",
  label: "利用者名",
  others: "職員の利用者名でログインしてください。",
};

watchConnection("読み取った本は、つながってからもう一度読み取ってください。");
openHouse(
  "職員の画面",
  [
    pullsRoom,
    pullSheetRoom,
    cratesRoom,
    slipsRoom,
    crateListsRoom,
    checkInsRoom,
    checkOutsRoom,
    applicationsRoom,
    oneApplicationRoom,
    contactsRoom,
    lettersRoom,
    reportsRoom,
    patronRoom,
    peopleRoom,
    registerRoom,
    cardsRoom,
    trailRoom,
  ],
  STAFF,
);

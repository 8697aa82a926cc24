/** The desk: what the library's staff do, view by view. */

import { startApp } from "./app.js";
import { watchConnection } from "./connection.js";
import { applicationView } from "./desk/application.js";
import { applicationsView } from "./desk/applications.js";
import { booksView, listView } from "./desk/books.js";
import { calendarView } from "./desk/calendar.js";
import { cardsView } from "./desk/cards.js";
import { checkInsView } from "./desk/checkins.js";
import { checkOutsView } from "./desk/checkouts.js";
import { contactsView } from "./desk/contacts.js";
import { copyView } from "./desk/copy.js";
import { crateListsView, slipsView } from "./desk/crate-sheets.js";
import { cratesView } from "./desk/crates.js";
import { describeView } from "./desk/describe.js";
import { lettersView } from "./desk/letters.js";
import { patronView } from "./desk/patron.js";
import { peopleView, registerView } from "./desk/people.js";
import { pullSheetView } from "./desk/pull-sheet.js";
import { pullsView } from "./desk/pulls.js";
import { reportsView } from "./desk/reports.js";
import { snowView } from "./desk/snow.js";
import { bookView } from "./desk/title.js";
import { todayView } from "./desk/today.js";
import { trailView } from "./desk/trail.js";
import { runsView } from "./runs/list.js";
import { operationsView } from "./runs/operations.js";
import { replayView } from "./runs/replay.js";
import { runView } from "./runs/report.js";
import { statisticsView } from "./runs/statistics.js";
import { whatIfView } from "./runs/what-if.js";

/** @type {SignIn} */
const STAFF = {
  title: "職員の画面",
  lead: "職員IDとパスワードでログインしてください。",
  pool: "staff",
  group: "desk",
  label: "職員ID",
  others: "職員IDでログインしてください。",
};

watchConnection("読み取った本は、つながってからもう一度読み取ってください。");
startApp(
  "職員の画面",
  [
    todayView,
    pullsView,
    pullSheetView,
    cratesView,
    slipsView,
    crateListsView,
    checkInsView,
    checkOutsView,
    booksView,
    bookView,
    copyView,
    describeView,
    listView,
    calendarView,
    snowView,
    applicationsView,
    applicationView,
    contactsView,
    lettersView,
    reportsView,
    patronView,
    peopleView,
    registerView,
    cardsView,
    trailView,
    runsView,
    runView,
    replayView,
    whatIfView,
    statisticsView,
    operationsView,
  ],
  STAFF,
);

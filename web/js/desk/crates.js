/** 袋詰め: what goes to which facility this week, how far it is packed, and its leaving (RULES 23, 24). */

import { list } from "../api.js";
import { confirmDialog } from "../confirm-dialog.js";
import { momentInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, typedIn } from "../inputs.js";
import { placeNames, PREFECTURAL } from "../places.js";
import { api } from "../session.js";
import { pulls } from "./pulls.js";
import { row, table } from "./tables.js";

export const cratesView = { id: "crates", label: "袋詰め", aside: true, title: "袋詰めとコンテナ", load };

/** @param {string} day */
export const crates = (day) =>
  list(day ? `/desk/crates?pickup_from=${encodeURIComponent(day)}` : "/desk/crates", api.get);
/** @param {Answer} crate */
export const bagsOf = ({ bags }) => [...bags].sort((a, b) => a.card_number.localeCompare(b.card_number));
/**
 * @param {string} view
 * @param {string} day
 */
export const ofDay = (view, day) => (day ? `#${view}/${day}` : `#${view}`);

/**
 * @param {App} app
 * @param {string} day
 */
async function load(app, day = "") {
  // What is still to be fetched goes into the bags that are packed now.
  const [found, waiting, named] = await Promise.all([crates(day), day ? [] : pulls(), placeNames()]);
  const left = leftByFacility(waiting);
  const books = found.reduce((sum, { book_count: number }) => sum + number, 0);
  const bags = found.reduce((sum, { bag_count: number }) => sum + number, 0);
  const toCome = [...left.values()].reduce((sum, number) => sum + number, 0);
  return [
    choice(app, day),
    el("p", { role: "status" }, `${found.length}館、袋${bags}、本${books}冊です。`),
    toCome
      ? el(
          "p",
          {},
          el("a", { href: "#pulls" }, `取り出しリストに、{{partner_word}}へ行く本が${toCome}冊残っています。`),
        )
      : null,
    found.length
      ? el(
          "div",
          { class: "actions" },
          el("a", { class: "button", href: ofDay("slips", day) }, "袋の票を印刷する"),
          el("a", { class: "button plain", href: ofDay("crate-lists", day) }, "コンテナの一覧を印刷する"),
        )
      : null,
    found.length || toCome
      ? table(
          "{{partner_word}}ごとの袋と本",
          ["{{partner_word}}", "袋", "本", "袋詰め", "発送"],
          [
            ...found.map((crate) => crateRow(app, crate, left.get(crate.facility) ?? 0)),
            ...withoutCrate(found, left).map(([facility, count]) =>
              row(`No.${facility} ${named(facility)}`, "0", "0", progress(named(facility), 0, count), null),
            ),
          ],
        )
      : null,
    found.some(({ dispatched_at: at }) => !at) ? el("div", { class: "actions" }, allLeft(app, found[0])) : null,
  ];
}

/**
 * How many books of the pull list go to each facility's bags.
 *
 * @param {Answer[]} lines
 */
function leftByFacility(lines) {
  /** @type {Map<string, number>} */
  const left = new Map();
  for (const { pickup_place: place, decision } of lines) {
    if (place !== PREFECTURAL && decision === "lend") left.set(place, (left.get(place) ?? 0) + 1);
  }
  return left;
}

/**
 * Facilities none of whose books is found yet.
 *
 * @param {Answer[]} found
 * @param {Map<string, number>} left
 */
const withoutCrate = (found, left) =>
  [...left].filter(([facility]) => !found.some((crate) => crate.facility === facility));

/**
 * @param {App} app
 * @param {Answer} crate
 * @param {number} left
 */
const crateRow = (app, crate, left) =>
  row(
    `No.${crate.facility} ${crate.name}`,
    String(crate.bag_count),
    String(crate.book_count),
    progress(crate.name, crate.book_count, crate.book_count + left),
    el("div", { class: "row-actions" }, dispatchState(app, crate)),
  );

/**
 * @param {string} name
 * @param {number} done
 * @param {number} all
 */
const progress = (name, done, all) =>
  el(
    "span",
    { class: "progress" },
    el("progress", { value: done, max: all, "aria-label": `${name}の袋詰め` }),
    done === all ? "そろいました" : `${all}冊のうち${done}冊`,
  );

/**
 * When a crate has left, and the way back from a mistake; before that, the button that says so.
 *
 * @param {App} app
 * @param {Answer} crate
 */
function dispatchState(app, { facility, name, pickup_from: from, dispatched_at: at }) {
  /**
   * @param {string} text
   * @param {() => unknown} work
   */
  const button = (text, work) =>
    app.button(text, "記録しています…", work, { class: "link-button", "aria-label": `${name} ${text}` });
  if (!at)
    return button("発送した", async () => {
      await dispatch(from, [facility]);
      await app.reload(`${name}のコンテナを発送したと記録しました。`);
    });
  return [
    el("span", {}, `${momentInWords(at)} 発送`),
    button("発送を取り消す", async () => {
      await bringBack(from, facility);
      await app.reload(`${name}のコンテナの発送を取り消しました。`);
    }),
  ];
}

/**
 * All facilities, also those without a bag: what is found for them from now on goes with the next run.
 *
 * @param {App} app
 * @param {Answer} crate
 */
function allLeft(app, { pickup_from: from }) {
  const work = async () => {
    const text =
      "袋のない{{partner_word}}も含めて、発送したと記録します。このあと読み取った本は、次回の貸出処理に回ります。";
    if (!(await confirmDialog("すべてのコンテナを発送しましたか", text, "すべて発送した"))) return;
    /** @type {{ items: Answer[] }} */
    const { items } = await dispatch(from, []);
    const latest = items
      .map(({ dispatched_at: at }) => at)
      .sort()
      .at(-1);
    const now = items.filter(({ dispatched_at: at }) => at === latest).map(({ facility }) => facility);
    await app.reload(["すべてのコンテナを発送したと記録しました。", backAgain(app, from, now)]);
  };
  return app.button("すべて発送した", "記録しています…", work);
}

/**
 * @param {App} app
 * @param {string} from
 * @param {string[]} facilities
 */
function backAgain(app, from, facilities) {
  const work = async () => {
    for (const facility of facilities) await bringBack(from, facility);
    await app.reload("コンテナの発送を取り消しました。");
  };
  return el(
    "div",
    { class: "actions" },
    app.button("すべての発送を取り消す", "取り消しています…", work, { class: "button plain" }),
  );
}

/**
 * @param {string} from
 * @param {string[]} facilities
 */
const dispatch = (from, facilities) => api.post("/desk/crates/dispatch", { pickup_from: from, facilities });
/**
 * @param {string} from
 * @param {string} facility
 */
const bringBack = (from, facility) =>
  api.remove(`/desk/crates/dispatch?pickup_from=${from}&facility=${encodeURIComponent(facility)}`);

/**
 * @param {App} app
 * @param {string} day
 */
function choice(app, day) {
  return app.form(
    (form) => app.goTo(ofDay("crates", typedIn(form).pickup_from)),
    input("pickup_from", "受取開始の{{pickup_day}}", {
      type: "date",
      value: day,
      class: "text w10",
      hint: "空のときは、今回の分です。",
    }),
    el("div", { class: "actions" }, el("button", { class: "button plain" }, "表示する")),
  );
}

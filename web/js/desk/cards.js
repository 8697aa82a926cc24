/** カード: how many blank cards lie where, and cards that are brought to a place (RULES 5, 44). */

import { list } from "../api.js";
import { dateInWords } from "../dates.js";
import { el } from "../dom.js";
import { input, missingFault, tellFaults, typedIn } from "../inputs.js";
import { api } from "../session.js";
import { table } from "./tables.js";

export const cardsView = { id: "cards", title: "{{kit_short}}とカードの在庫", hidden: true, under: "patron", load };

// From here on somebody should bring more.
const FEW = 5;

/** @param {App} app */
async function load(app) {
  const stocks = await list("/desk/cards", api.get);
  return [
    el("p", {}, "{{kit_short}}や、カウンターでお渡しするカードの番号を、置いた場所ごとに登録します。"),
    bringForm(stocks, app),
    el("h2", {}, "場所ごとの在庫"),
    table("カードの在庫", ["場所", "残り", "渡した枚数", "最後に渡した日"], stocks.map(row)),
  ];
}

/** @param {Answer} stock */
const row = ({ place_name: name, blank, given, last_given_at: last }) =>
  el(
    "tr",
    {},
    el("th", { scope: "row" }, name),
    el(
      "td",
      {},
      `${blank}枚`,
      blank <= FEW && (blank || given) ? el("span", { class: "late" }, blank ? " 残りわずか" : " ありません") : null,
    ),
    el("td", {}, `${given}枚`),
    el("td", {}, dateInWords(last)),
  );

/**
 * @param {Answer[]} stocks
 * @param {App} app
 */
function bringForm(stocks, app) {
  const number = { class: "text number w16", inputmode: "numeric", autocomplete: "off" };
  return app.form(
    async (form) => {
      const { place, from, to } = typedIn(form);
      const missing = [
        ...missingFault("place", place, "場所を選んでください。"),
        ...missingFault("from", from, "最初の番号を入力してください。"),
      ];
      if (tellFaults(form, missing)) return;
      const { added } = await api.post("/desk/cards", { place, from, to: to.trim() || from });
      const { place_name: name } = stocks.find((stock) => stock.place === place);
      await app.reload(`${name}に、カードを${added}枚登録しました。`);
    },
    input("place", "場所", {
      tag: "select",
      children: [["", "選んでください"], ...stocks.map(({ place, place_name: name }) => [place, name])].map(
        ([value, text]) => el("option", { value }, text),
      ),
    }),
    input("from", "最初の番号", number),
    input("to", "最後の番号", { ...number, hint: "1枚だけのときは、空のままにしてください。" }),
    el("div", { class: "actions" }, el("button", { class: "button" }, "登録する")),
  );
}

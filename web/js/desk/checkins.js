/** 返却: books come back; only this ends a loan (RULES 32). */

import { el } from "../dom.js";
import { api } from "../session.js";
import { Scanner } from "./scanner.js";

/** @type {Record<string, string>} */
const RESULTS = {
  returned: "返却しました",
  found: "見つかりました",
  not_on_loan: "貸出中ではありません",
  kept: "取り置きの本です",
  damaged: "返却しました(破損)",
  unknown: "登録のない資料番号です",
  try_again: "もう一度読み取ってください",
};
/** @type {Record<string, string>} */
const NEXT = { shelve: "書架に戻す", hold: "予約の本の棚へ", repair: "修理の担当へ" };
/** @type {Record<string, string>} */
const KINDS = { shelve: "shelf", hold: "aside", repair: "stop" };

export const checkInsView = { id: "checkins", label: "返却", load };

/** @param {App} app */
async function load(app) {
  const scan = new Scanner(app, "返された本の資料番号", async (code) => {
    const { items } = await api.post("/desk/checkins", { barcodes: [code] });
    return instruction(items[0]);
  });
  setTimeout(() => scan.focus());
  return [scan.top, el("h2", {}, "読み取った本"), scan.log];
}

/** @param {Answer} result */
function instruction({ result, next, title, was_lost: lost }) {
  const lines = [next ? RESULTS[result] : "", title, lost ? "紛失と記録されていた本です。" : ""].filter(Boolean);
  return { kind: KINDS[next] ?? "stop", title: NEXT[next] ?? RESULTS[result], lines };
}

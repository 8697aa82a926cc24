/** What the library keeps of a patron: to have as a file, and to have erased by leaving (RULES 41). */

import { confirmDialog } from "../confirm-dialog.js";
import { el } from "../dom.js";
import { handOver } from "../hand-over.js";
import { api } from "../session.js";

const QUESTION =
  "登録の内容、予約かご、メールなど、図書館が保管している情報を消去します。元に戻すことはできません。このカードは使えなくなります。";

/**
 * Both, under a heading of their own.
 *
 * @param {Answer} record
 * @param {App} app
 */
export const personalData = ({ counts }, app) => [
  el("h2", {}, "保管している情報"),
  el(
    "p",
    {},
    "登録の内容のほか、予約、貸出、予約かご、お送りしたメール、職員が行った手続きの記録などを保管しています。返した本の記録は残しません。",
  ),
  ...filePart(app),
  el("h2", {}, "登録の抹消"),
  counts.holds || counts.loans ? inTheWay(counts) : el("p", {}, "予約と貸出がないので、手続きできます。"),
  el(
    "div",
    { class: "actions" },
    app.button("利用者登録を抹消する", "手続きしています…", () => closeAccount(app), { class: "button plain" }),
  ),
];

/**
 * What has to end first.
 *
 * @param {{ holds: number, loans: number }} counts
 */
const inTheWay = ({ holds, loans }) => [
  el("p", {}, "予約と貸出がないときに、手続きできます。いまは、つぎのものがあります。"),
  el(
    "ul",
    {},
    holds ? el("li", {}, el("a", { href: "#holds" }, `予約 ${holds}冊`)) : null,
    loans ? el("li", {}, el("a", { href: "#loans" }, `貸出 ${loans}冊(返送中の本も数えます)`)) : null,
  ),
];

/** @param {App} app */
function filePart(app) {
  const said = el("p", { role: "status" });
  const download = async () => {
    said.textContent = "";
    handOver("my-library.json", "application/json", JSON.stringify(await api.get("/me/export"), null, 2));
    said.textContent = "ファイルをお渡ししました。";
  };
  const button = app.button("すべての情報をファイルで受け取る", "用意しています…", download, { class: "button plain" });
  return [el("div", { class: "actions" }, button), said];
}

/** @param {App} app */
async function closeAccount(app) {
  if (!(await confirmDialog("利用者登録を抹消しますか", QUESTION, "抹消する"))) return;
  await api.remove("/me");
  await app.signOut();
  app.showSignIn("利用者登録を抹消しました。ご利用いただき、ありがとうございました。");
}

/** 貸出: lending at the counter, first the card, then the books (RULES 17). */

import { dayInWords } from "../dates.js";
import { el } from "../dom.js";
import { input } from "../inputs.js";
import { mine } from "../session.js";
import { scanned, scanner } from "./scanning.js";

export const checkOutsRoom = { id: "checkouts", label: "貸出", title: "カウンターでの貸出", load };

async function load(house) {
  const card = input("card_number", "利用者カードの番号", {
    class: "text number w16",
    inputmode: "numeric",
    autocomplete: "off",
  });
  const number = card.querySelector("input");
  const scan = scanner(house, "貸し出す本の資料番号", async (code) => {
    const {
      title,
      due_on: due,
      hold_spent: held,
    } = await mine.post("/desk/checkouts", { card_number: scanned(number.value), barcode: code });
    return {
      kind: "ready",
      title: `${dayInWords(due)}まで`,
      lines: [title, held ? "予約の本をお渡ししました。" : ""].filter(Boolean),
    };
  });
  const first = el("form", { novalidate: true }, card);
  first.addEventListener("submit", (event) => {
    event.preventDefault();
    scan.focus();
  });
  setTimeout(() => number.focus({ preventScroll: true }));
  return [first, scan.form, scan.screen, el("h2", {}, "読み取った本"), scan.log];
}

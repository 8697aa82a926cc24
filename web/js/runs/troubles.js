/**
 * What rings, in words: what it is, what to do, and the command for who runs the service (docs/operations.md).
 *
 * `alarm` is the one that rings for it.
 *
 * @type {Record<string, { says: (number: number) => string, then: string, command?: string, alarm?: string }>}
 */
export const TROUBLES = {
  RunUndone: {
    alarm: "RunUndoneAlarm",
    says: () => "{{run_name}}が、終わっていません。",
    then: "手で始めると、はじめから、または続きから進みます。{{run_may_wait_until}}までなら、何も失われません。また終わらないときは、ログに理由があります。",
    command: "make job NAME=thursday_run",
  },
  BooksUndone: {
    alarm: "BooksUndoneAlarm",
    says: (number) => `前回の処理で、${number}冊を取り出しの一覧に載せられませんでした。`,
    then: "処理の間に、その本がほかの方に渡りました。次の処理でまた順番が来ます。くり返すときは、朝の貸出と重なっていないか確かめます。",
  },
  MailsStuck: {
    says: (number) => `送信待ちのメールが、1時間より長く${number}通残っています。`,
    then: "1時間ごとに送りなおしています。増えつづけるときは、メールの送信が止められていないかを確かめます。",
    command: "make job NAME=mails_again",
  },
  ApplicationsLate: {
    alarm: "ApplicationsLateAlarm",
    says: (number) => `約束の日数を過ぎた申請が、${number}件あります。`,
    then: "「申請」の一覧の、いちばん上から確認します。",
  },
  AccountsLeft: {
    alarm: "AccountsLeftAlarm",
    says: (number) => `ログインの用意が終わっていない方が、${number}人います。`,
    then: "毎朝10時にやりなおします。急ぐときは、利用者の画面で仮パスワードを出すと、そこで用意されます。",
    command: "make job NAME=daily_notices",
  },
  ErasuresLeft: {
    alarm: "ErasuresLeftAlarm",
    says: (number) => `退会した方の記録で、消しおわっていないものが${number}件あります。`,
    then: "1時間ごとにやりなおします。残りつづけるときは、記録に理由があります。",
    command: "make job NAME=erasure",
  },
};

/** The scheduled jobs that leave a record, as people call them. */

/** @type {[job: string, text: string][]} */
export const JOBS = [
  ["thursday_run", "{{run_name}}"],
  ["prefectural_pull", "窓口の取り出し"],
  ["lending_mail", "貸出メール"],
  ["daily_notices", "毎日のお知らせ"],
  ["sunday_release", "受取期限({{partner_word}})"],
  ["prefectural_release", "取置期限(窓口)"],
  ["weekly_counts", "統計"],
];

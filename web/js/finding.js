/** Finding what is on the page by typing: all words in any order, whatever their width, case, or kind of kana. */

/**
 * A text as it is compared.
 *
 * @param {string} text
 */
const plain = (text) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));

/**
 * Whether a text has every one of the words.
 *
 * @param {string} words
 * @returns {(text: string) => boolean}
 */
export function finder(words) {
  const wanted = plain(words)
    .split(/[\s、,]+/)
    .filter(Boolean);
  return (text) => wanted.every((word) => plain(text).includes(word));
}

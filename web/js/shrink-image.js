/**
 * Photos as they are sent: upright, at most 2000 pixels long, JPEG. Drawing them anew also leaves behind where and with
 * what they were taken; and a phone's ten megabytes become half a one, which gets through a weak connection.
 */

const LONGEST_SIDE = 2000;
const QUALITY = 0.85;
const HEIC_BRANDS = /^ftyp(heic|heix|heim|heis|hevc|hevx|hevm|hevs|mif1|msf1)/;

/** The photo cannot be sent; the message says why and what helps. */
export class Unusable extends Error {}

/**
 * A photo scaled down, or as it is where the browser cannot draw it.
 *
 * Throws Unusable for what the other side would refuse anyway: nothing in it, not a picture, HEIC, too large.
 *
 * @param {File} file
 * @param {number} maxBytes
 */
export async function shrinkImage(file, maxBytes) {
  if (!file.size) throw new Unusable("画像が空でした。もう一度撮影するか、別の画像を選んでください。");
  const photo = (await redraw(file)) ?? (await unchanged(file));
  if (photo.size > maxBytes) {
    throw new Unusable(
      `画像のファイルが大きすぎます。${Math.floor(maxBytes / 1024 / 1024)}MBまでの画像を選んでください。`,
    );
  }
  return photo;
}

/** @param {File} file */
async function redraw(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext("2d");
    if (!pen) return null;
    pen.fillStyle = "white";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  } catch {
    return null;
  }
}

/** @param {File} file */
async function unchanged(file) {
  const start = new TextDecoder("latin1").decode(await file.slice(4, 12).arrayBuffer());
  if (HEIC_BRANDS.test(start)) {
    throw new Unusable(
      "この写真はHEIC形式のため、送れません。iPhoneでは「設定」→「カメラ」→「フォーマット」で「互換性優先」を選ぶと、送れる形式で撮影できます。",
    );
  }
  if (!["image/jpeg", "image/png"].includes(file.type))
    throw new Unusable("画像として読み取れませんでした。JPEGかPNGの画像を選んでください。");
  return file;
}

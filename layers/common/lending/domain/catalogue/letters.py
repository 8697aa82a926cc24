"""Letters as they are searched: however they were typed (RULES 45).

Width, case, accents, hiragana or katakana, small or large kana, spaces, punctuation and old forms of characters make no
difference.
"""

import re
import unicodedata

_SMALL = dict(zip(map(ord, "ぁぃぅぇぉっゃゅょゎゕゖ"), "あいうえおつやゆよわかけ", strict=True))
# Kana that are said alike: those of them that readings write by rule, and titles as they like.
_ALIKE = dict(zip(map(ord, "をぢづヷヸヹヺ"), "おじずばびべぼ", strict=True))
_HIRAGANA = {code: chr(code - 0x60) for code in (*range(ord("ァ"), ord("ヴ") + 1), ord("ヽ"), ord("ヾ"))}
_HIRAGANA |= {ord("ヵ"): "か", ord("ヶ"): "け"}
_ACCENTS = {
    code: base
    for code in range(0xC0, 0x250)
    if (base := unicodedata.normalize("NFKD", chr(code))[0]).isascii() and base.isalpha()
}
_OLD_FORMS = str.maketrans(
    "亞惡壓圍爲醫壹稻飮隱營榮衞衛驛圓鹽緣艷應歐毆櫻奧橫溫穩假價畫會壞懷繪擴殼覺學嶽樂勸卷寬歡觀關陷顏氣龜僞戲犧舊據擧峽"
    "挾狹鄕曉區驅勳薰徑惠揭溪經繼莖螢輕鷄藝儉劍圈檢權獻縣險顯驗嚴廣恆效黃鑛號國黑濟碎齋斎齊劑册雜參慘棧蠶贊殘絲齒兒辭濕"
    "實舍寫釋壽收從澁獸縱肅處敍奬將燒稱證乘剩壤孃條淨狀疊穰讓釀囑觸寢愼晉眞盡圖粹醉隨髓數樞聲靜攝竊專戰淺潛纖踐錢禪雙壯"
    "搜插爭總聰莊裝騷增藏臟屬續墮體對帶滯臺瀧擇澤單擔膽團彈斷癡遲晝蟲鑄廳徵聽敕鎭遞鐵轉點傳黨盜燈當鬪德獨讀屆繩貳惱腦霸"
    "廢拜賣麥發髮拔蠻祕濱濵甁拂佛竝變邊邉辨瓣辯舖穗寶豐沒飜萬滿默彌藥譯豫餘與譽搖樣謠遙來賴亂覽兩獵綠壘勵禮隸靈齡曆歷戀鍊"
    "爐勞樓郞祿灣髙﨑嶋鷗瀨曾塚冨舘鉃槇祇",
    "亜悪圧囲為医壱稲飲隠営栄衛衛駅円塩縁艶応欧殴桜奥横温穏仮価画会壊懐絵拡殻覚学岳楽勧巻寛歓観関陥顔気亀偽戯犠旧拠挙峡"
    "挟狭郷暁区駆勲薫径恵掲渓経継茎蛍軽鶏芸倹剣圏検権献県険顕験厳広恒効黄鉱号国黒済砕斉斉斉剤冊雑参惨桟蚕賛残糸歯児辞湿"
    "実舎写釈寿収従渋獣縦粛処叙奨将焼称証乗剰壌嬢条浄状畳穣譲醸嘱触寝慎晋真尽図粋酔随髄数枢声静摂窃専戦浅潜繊践銭禅双壮"
    "捜挿争総聡荘装騒増蔵臓属続堕体対帯滞台滝択沢単担胆団弾断痴遅昼虫鋳庁徴聴勅鎮逓鉄転点伝党盗灯当闘徳独読届縄弐悩脳覇"
    "廃拝売麦発髪抜蛮秘浜浜瓶払仏並変辺辺弁弁弁舗穂宝豊没翻万満黙弥薬訳予余与誉揺様謡遥来頼乱覧両猟緑塁励礼隷霊齢暦歴恋錬"
    "炉労楼郎禄湾高崎島鴎瀬曽塚富館鉄槙祇",
)
_FOLDED = _HIRAGANA | _ACCENTS | _OLD_FORMS
# Long vowels as they are found in catalogues, typed as a hyphen after kana.
_LONG_VOWEL = re.compile(r"(?<=[ぁ-ゖー])[-‐‑‒–—―−]")
_V_SOUND = re.compile("ゔ([ぁぃぇぉ]?)")
_V_SOUNDS = {"": "ぶ", "ぁ": "ば", "ぃ": "び", "ぇ": "べ", "ぉ": "ぼ"}

_VOWELS = "aiueo"
_ROWS = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "y": "や ゆ よ", "r": "らりるれろ", "w": "わ   お", "g": "がぎぐげご", "z": "ざじずぜぞ",
    "d": "だじずでど", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ", "f": "    ", "v": "ばびぶべぼ",
}  # fmt: skip
_SYLLABLES = {row + vowel: kana for row, kanas in _ROWS.items() for vowel, kana in zip(_VOWELS, kanas, strict=False)
              if kana.strip()}  # fmt: skip
_SYLLABLES |= {row + "y" + vowel: kanas[1] + kana for row, kanas in _ROWS.items() if row and kanas[1:2].strip()
               for vowel, kana in (("a", "や"), ("u", "ゆ"), ("o", "よ"))}  # fmt: skip
_SYLLABLES |= {"shi": "し", "chi": "ち", "tsu": "つ", "fu": "ふ", "ji": "じ", "fa": "ふあ", "fi": "ふい", "fe": "ふえ",
               "fo": "ふお", "je": "じえ", "she": "しえ", "che": "ちえ", "ti": "てい", "di": "でい"}  # fmt: skip
_SYLLABLES |= {row + vowel: kana + small for row, kana in (("sh", "し"), ("ch", "ち"), ("j", "じ"))
               for vowel, small in (("a", "や"), ("u", "ゆ"), ("o", "よ"))}  # fmt: skip
_ONE = re.compile(
    rf"{'|'.join(sorted(_SYLLABLES, key=len, reverse=True))}|n(?![aiueoy])|([kstpcgdbzjf])(?=\1)|t(?=c)|m(?=[bp])"
)


def plain(text: str) -> str:
    """A text without what makes no difference, and without spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED)
    folded = _LONG_VOWEL.sub("ー", folded)
    if "ゔ" in folded:
        folded = _V_SOUND.sub(lambda found: _V_SOUNDS[found[1]], folded)
    folded = folded.translate(_SMALL).translate(_ALIKE)
    if folded.isalnum():
        return folded
    return "".join(char for char in folded if unicodedata.category(char)[0] not in "PZCM" or char == "#")


def in_kana(word: str) -> str:
    """A plain word of Latin letters as the kana that somebody meant by them; empty if it is none of these."""
    kana, at = [], 0
    while at < len(word):
        found = _ONE.match(word, at)
        if found is None:
            return ""
        kana.append(_SYLLABLES.get(found[0]) or ("ん" if found[0][0] in "nm" else "つ"))
        at = found.end()
    return "".join(kana)

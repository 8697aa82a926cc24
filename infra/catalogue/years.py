"""The year in what catalogues write of it, by our years or by those of an era."""

import re
import unicodedata

# The year before the first of each.
ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_YEAR = re.compile(rf"({'|'.join(ERAS)})\s*([0-9]{{1,2}}|元)")
_YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")


def year_of(text: str) -> int | None:
    """The first year that a text tells, of ours or of an era; None if it tells none."""
    plain = unicodedata.normalize("NFKC", text)
    if found := _YEAR.search(plain):
        return int(found[1])
    if found := _ERA_YEAR.search(plain):
        return ERAS[found[1]] + (1 if found[2] == "元" else int(found[2]))
    return None

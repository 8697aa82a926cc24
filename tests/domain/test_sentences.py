"""Sentences of another library are in its own words, and nothing is left to fill in (RULES 57)."""

import re

import pytest

from lending.domain.loans.report import KIND_LABELS
from lending.domain.mail.bounces import CAUSE_LABELS
from lending.domain.own_words import in_own_words
from lending.domain.problems import SENTENCES
from lending.domain.registration.kinds import KINDS
from lending.domain.registration.slots import slot_label
from lending.domain.run.reasons import Code, counter_sentence, patron_sentence
from tests.library import AOMORIS, OTHER

FACTS = {"cap": 5, "on_loan": 5}
SAID = {
    **{f"problem {code}": sentence.replace("{{", "{").replace("}}", "}") for code, sentence in SENTENCES.items()},
    **{f"reason {code}": patron_sentence(code, FACTS) for code in Code},
    **{f"reason in short {code}": counter_sentence(code, FACTS) for code in Code},
    **{f"kind {name}": f"{kind.label}{kind.hint}{kind.registered}{kind.mail_name}" for name, kind in KINDS.items()},
    **{f"report {name}": label for name, label in KIND_LABELS.items()},
    **{f"bounce {name}": label for name, label in CAUSE_LABELS.items()},
    "slot": slot_label("card"),
}


@pytest.mark.parametrize("name", SAID)
def test_a_sentence_is_in_the_librarys_words(name: str) -> None:
    # RULES 57
    sentence = in_own_words(SAID[name], OTHER.policy)
    assert AOMORIS.findall(sentence) == []
    assert not re.search(r"\{[a-z]+_word\}", sentence)

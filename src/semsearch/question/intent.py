# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""Questions that ask what somebody said: whom they name, and about what.

"What did Putin say about NATO budgets" asks for Putin's own words. The patterns here find the
mention and the topic; a question counts only when the mention is a speaker of the index, so a
misparse falls back to the ordinary search. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from semsearch.quotes.speakers import DECISIVE_SHARE, SpeakerLookup, SpeakerMatch
from semsearch.text.words import word_set, word_texts, words

__all__ = ["SpeakerIntent", "read_intent", "speaker_boost"]

_SAY = (
    r"say|said|says|saying|claim|claimed|claims|tell|told|tells|write|wrote|writes|tweet|tweeted|"
    r"announce|announced|promise|promised|pledge|pledged|warn|warned|argue|argued|admit|admitted|"
    r"explain|explained|reply|replied|respond|responded|react|reacted|comment|commented|think|"
    r"thought|thinks|believe|believed|believes|mean|want|wanted|wants|propose|proposed|suggest|"
    r"suggested|predict|predicted|demand|demanded|ask|asked|call|called|describe|described|state|"
    r"stated|declare|declared|reveal|revealed|mention|mentioned|add|added|feel|felt|vow|vowed"
)
_ABOUT = r"about|on|regarding|concerning|over|of|to|for|that|against|toward|towards|with|when|after"
_AUX = r"did|does|do|has|have|had|is|was|were|are|will|would|could|can|should"
_ACT = (
    r"call for|say|deny|promise|support|back|oppose|admit|claim|confirm|threaten|apologi[sz]e for|"
    r"condemn|critici[sz]e|comment on|respond to|react to|mention|endorse|announce|warn|"
    r"defend|reject|rule out|agree|demand|urge|want|praise|predict|pledge|vow|propose|speak about|"
    r"talk about|think|believe|argue|suggest|describe|explain|address|question|blame|accuse"
)
_NOUN = (
    r"views?|opinions?|position|stance|comments?|remarks|words|reactions?|response|statements?|"
    r"thoughts|quotes?|take|answer|reply|explanation|speech|message|warning|promise|criticism"
)

# "X on Y" may be anything ("book on climate"): sure only for a person's full name, or for a last
# name with its capital that is quoted often.
BARE = 0.6
_SURE_BARE = 0.85
_OFTEN_QUOTED = 5

# (pattern, confidence that the question asks for somebody's words). Written with spaces for
# white space; `{...}` are the pieces above.
_FORMS: tuple[tuple[str, float], ...] = (
    ("what (?:else )?(?:{aux}) {name} (?:{say})(?: \\w+)??(?: (?:{about}) {topic})?", 1.0),
    ("what (?:{aux}) {name}(?:['’]s?)? (?:{noun}) (?:on|about|to|of|regarding) {topic}", 0.95),
    (
        "(?:what|everything|anything|things?) {name} (?:has |have |had )?"
        "(?:said|says?|wrote|thinks?|tweeted)(?: (?:{about}) {topic})?",
        0.95,
    ),
    (
        "how (?:{aux}) {name} (?:respond|react|reply|feel|explain|describe|justify|defend|comment|"
        "answer)(?:ed|d|s|ing)?(?: (?:to|on|about) | ){topic}",
        0.9,
    ),
    (
        "(?:(?:any|all|some|the|find|show|me|give|recent|latest) )*(?:{noun}|quotations?) "
        "(?:by|from|of) {name} (?:on|about|regarding|concerning|over|to) {topic}",
        0.95,
    ),
    ("why (?:{aux}) {name} (?:{say}|{act})(?: (?:that|about|on))? {topic}", 0.85),
    (
        "(?:when|where) (?:did|has|does) {name} (?:say|announce|promise|warn|claim|call|tell)"
        "(?: (?:that|about|for))? {topic}",
        0.85,
    ),
    ("(?:{aux}) {name} (?:ever )?(?:{act})(?: (?:about|that|on|for|to))? {topic}", 0.85),
    ("according to {name}, {topic}", 0.9),
    ("{name}(?:['’]s?) (?:{noun}) (?:on|about|to|of|regarding) {topic}", 0.9),
    (
        "{name} (?:says|said|thinks|claims|claimed|told|warns|warned|argues|argued|tweeted|"
        "announced|calls for|called for)(?: (?:{about}))? {topic}",
        0.8,
    ),
    ("{name} (?:quotes?|statements?|comments?|remarks) (?:on|about|regarding) {topic}", 0.9),
    ("{name} (?:on|about) {topic}", BARE),
)


def _compiled(form: str) -> re.Pattern[str]:
    pieces = {
        "aux": _AUX,
        "say": _SAY,
        "act": _ACT,
        "noun": _NOUN,
        "about": _ABOUT,
        "name": r"(?P<name>\S.{0,60}?)",
        "topic": r"(?P<topic>\S.*?)",
    }
    pattern = re.sub(r"\{([a-z]+)\}", lambda match: pieces[match.group(1)], form)
    return re.compile(pattern + r"\s*[?!.]*\s*$", re.IGNORECASE)


_PATTERNS = tuple((_compiled(form), confidence) for form, confidence in _FORMS)
# A question word, article or verb in the "name" shows that the pattern has slipped.
_NOT_IN_NAMES = word_set(
    "what who whom which why how when where did does do is are was were has have had will would "
    "not and that this these those it they he she we you i about on say said says"
)
_LONGEST_NAME_WORDS = 7
_APPLIES_FROM = 0.8


@dataclass(frozen=True, slots=True)
class SpeakerIntent:
    """A question for somebody's words.

    `mention == question[start:end]` names them; `speakers` are whom it may mean in this index,
    likeliest first; `topic` is what about (None: anything). `confidence` in (0, 1]; `applied` is
    False where it is too low to act on and may only be offered.
    """

    mention: str
    start: int
    end: int
    speakers: tuple[str, ...]
    topic: str | None
    confidence: float
    applied: bool


def read_intent(question: str, known: SpeakerLookup) -> SpeakerIntent | None:
    """Reads a question; None when it names no known speaker in a pattern for their words."""
    text = question.rstrip()
    lead = len(text) - len(text.lstrip())
    for pattern, confidence in _PATTERNS:
        match = pattern.match(text, lead)
        if match is None:
            continue
        intent = _intent(match, confidence, known)
        if intent is not None:
            return intent
    return None


def _intent(match: re.Match[str], confidence: float, known: SpeakerLookup) -> SpeakerIntent | None:
    name, start, end = _clean_name(match)
    if not name:
        return None
    found = known.match(name)
    if not found:
        return None
    names, certainty = _chosen(found)
    if confidence == BARE and _is_surely_a_person(name, found[0]):
        confidence = _SURE_BARE
    topic = match.group("topic")
    total = confidence * certainty
    return SpeakerIntent(
        mention=name,
        start=start,
        end=end,
        speakers=names,
        topic=topic.strip() if topic else None,
        confidence=round(total, 3),
        applied=total >= _APPLIES_FROM,
    )


def _clean_name(match: re.Match[str]) -> tuple[str, int, int]:
    """The name without a possessive ending; empty when it cannot be one."""
    name, start = match.group("name"), match.start("name")
    bare = re.sub(r"['’]s?$", "", name).rstrip(" ,")
    parts = bare.split()
    if not parts or len(parts) > _LONGEST_NAME_WORDS:
        return "", 0, 0
    if any(part.lower().strip(",") in _NOT_IN_NAMES and part != "WHO" for part in parts):
        return "", 0, 0
    return bare, start, start + len(bare)


def _is_surely_a_person(mention: str, match: SpeakerMatch) -> bool:
    """Whether "X on Y" means a person: "fire on the coast" is not about Cal Fire."""
    if " " not in match.name or match.name[0].islower():
        return False
    if match.kind == "last":
        return mention[0].isupper() and match.quotes >= _OFTEN_QUOTED
    return match.kind == "full"


def _chosen(found: Sequence[SpeakerMatch]) -> tuple[tuple[str, ...], float]:
    """Whom to take of those a mention may mean, and how sure that is.

    A full name is one person. Of several who share a last name or a role, the one with most of
    the quotes is meant; without such a one all are taken, which is only offered.
    """
    best = found[0]
    certainty = {"full": 1.0, "last": 1.0, "role": 0.95, "part": 0.85}[best.kind]
    if best.kind == "full" or best.share >= DECISIVE_SHARE:
        return (best.name,), certainty
    return tuple(match.name for match in found[:5]), certainty * (0.5 + best.share / 2)


def speaker_boost(
    spoken: Sequence[Sequence[str]], topic: str | None, weight: float = 1.0
) -> list[float]:
    """How much of the question each passage answers in the asked speaker's own words.

    `spoken[i]` are the texts of that speaker's quotes in passage i. Returns one number in
    [0, weight] per passage: 0 where they do not speak; else half of the weight for speaking and
    half for the share of the topic's words that their quotes hold (words counted by their first
    six letters, rarer ones among these passages more).
    """
    stems = sorted({word.text[:6] for word in words(topic or "") if len(word.text) > 2})
    held = [_stems(texts) for texts in spoken]
    rarity = {stem: 1.0 / (1 + sum(stem in own for own in held)) for stem in stems}
    total = sum(rarity.values())
    boosts: list[float] = []
    for texts, own in zip(spoken, held, strict=True):
        share = sum(rarity[stem] for stem in stems if stem in own) / total if total else 1.0
        boosts.append(weight * (0.5 + 0.5 * share) if texts else 0.0)
    return boosts


def _stems(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(word[:6] for text in texts for word in word_texts(text.lower()))

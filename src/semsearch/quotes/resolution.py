# ruff: noqa: RUF001 -- typographic marks are what these rules are about
"""From the words that name a speaker to the fullest name the article gives.

Clauses are resolved in the order of the text, so that "he", "the company" and "the statement"
can look back at who spoke before.
"""

from __future__ import annotations

import re

from semsearch.quotes.antecedents import LOOKBACK_SENTENCES, Antecedents
from semsearch.quotes.grammar.clauses import Clause
from semsearch.quotes.grammar.phrases import Mention
from semsearch.quotes.grammar.sentence_lookup import SentenceLookup
from semsearch.quotes.grammar.subjects import sentence_subject
from semsearch.quotes.lexicon.titles import TITLES
from semsearch.quotes.names.organisations import Organisations, owner_of_document
from semsearch.quotes.names.people import People
from semsearch.quotes.names.person_names import NAME_RUN, NOT_NAMES, name_tokens, strip_titles
from semsearch.text.words import word_set

__all__ = ["Resolver"]

_DOCUMENTS = word_set(
    "statement statements release memo letter report study survey post tweet thread email "
    "message filing document complaint lawsuit article announcement caption note indictment "
    "ruling"
)
_FINDINGS = word_set("study report survey article")
# Titles that many people in one article may have.
_ANYBODY = word_set("resident student teacher survivor victim witness neighbor neighbour")
_OUTLETS = word_set(
    "paper newspaper outlet magazine site website network broadcaster channel publication"
)
_FIRMS = word_set(
    "company firm retailer chain carmaker automaker airline bank group organisation "
    "organization manufacturer maker giant agency startup operator brand label club charity "
    "nonprofit developer platform league union team corporation business lender supplier "
    "airport museum zoo"
)
# They speak where a person would: "The council passed a bill for ...".
_INSTITUTIONS = word_set(
    "parliament government court council ministry department committee company police panel jury "
    "senate congress board association union administration agency commission judge"
)
_LETTERS = word_set("statement letter post tweet email memo message thread note complaint filing")
_WRITTEN_BY = re.compile(
    rf" (?:(he|she) (?:filed|wrote|posted|published|shared|sent)"
    rf"|(?:by|from) (?:the )?({NAME_RUN.pattern}))"
)
# Words of a body's name by the noun that takes it up.
_KINDS = {
    "union": word_set("Association Union Guild Federation Teamsters Brotherhood Workers"),
    "airline": word_set("Airlines Airways Air Lines"),
    "agency": word_set("Agency Administration Service Bureau Centers Office Department"),
    "department": word_set("Department"),
    "ministry": word_set("Ministry"),
    "university": word_set("University"),
    "association": word_set("Association"),
    "foundation": word_set("Foundation"),
    "committee": word_set("Committee"),
    "commission": word_set("Commission"),
    "council": word_set("Council"),
    "institute": word_set("Institute"),
    "bank": word_set("Bank"),
    "court": word_set("Court"),
    "nonprofit": word_set("Foundation Association Society Institute Center Fund Alliance"),
    "group": word_set("Group Association Alliance Coalition Council Foundation Society Network"),
    "museum": word_set("Museum"),
    "museums": word_set("Museum"),
}
# Nouns for what one person does or is.
_AGENT = re.compile(
    r"(?:er|or|ist|ian|man|woman|emcee|star|-old|native|athlete|doctor|guest|transplant|veteran|"
    r"icon|legend|hopeful|nominee|alum|alumnus|alumna|rookie|mogul|billionaire|vocalist|champ|"
    r"champion|mom|dad|mum|widow|teen|boy|girl|ace|MVP|pro|diva|great)$"
)
_DEFINITE = word_set("the his her its their these those")
# "Jane Roe, the European ..." just before a title.
_NAMED_BEFORE = re.compile(rf"({NAME_RUN.pattern}), ([^,.\n]{{0,60}})$")


# The words before a noun that comes up for the first time, and is no apposition or predicate.
_INTRODUCED = re.compile(r"(?<!, )(?<!is )(?<!as )(?<!was )\b[Aa]n? (?:[\w’'-]+ ){0,4}(?:law)?$")
_LONGEST_NOUN = 90
# "the left-leaning Policy Institute" is called the Policy Institute.
_LEANING = re.compile(r"^([Tt]he|[Aa]n?) (?:[a-z]+-[a-z]+ )+(?=[A-Z])")


def _fit(introduced: str, mentioned: list[str]) -> int:
    """How well an introduction fits a role: -1 where the two contradict each other.

    "The Russian president" is not the "Ukrainian President", nor is "the former president" the
    "President".
    """
    lower = set(introduced.lower().split())
    if ("former" in lower) != ("former" in mentioned):
        return -1
    wanted = set(mentioned[:-1]) - {"former"}
    shared = len(wanted & lower)
    other = [word for word in introduced.split() if word.lower() not in TITLES]
    return -1 if wanted and other and not shared else shared


class Resolver(Antecedents):
    """Resolves mentions of one article, in text order; remembers who spoke."""

    def __init__(self, blanked: str, sentences: SentenceLookup, people: People) -> None:
        super().__init__(blanked, sentences, people)
        self._named_roles: dict[str, str] = {}
        self._roles: dict[str, list[tuple[int, str, str]]] = {}
        self._organisations = Organisations(blanked)

    def resolve(self, clause: Clause) -> str | None:
        """The speaker of a clause; clauses must come in the order of the text."""
        mention = clause.subject
        if mention.kind == "relative" and mention.antecedent is not None:
            mention = mention.antecedent
        speaker = self._sender(clause) or self.resolve_mention(mention, clause.sentence)
        if speaker is not None:
            self.note(mention.start, clause.sentence, speaker)
            if mention.role is not None:
                self._named_roles[mention.role] = speaker
        return speaker

    def _sender(self, clause: Clause) -> str | None:
        """ "Roe sent a statement which read": the sentence's subject says it."""
        sent = clause.subject.antecedent
        if sent is None or sent.kind != "noun":
            return None
        words = sent.text.lower().split()
        if words[-1] not in _LETTERS or not {"a", "an"} & set(words[:2]):
            return None
        start, _ = self._sentences.spans[clause.sentence]
        subject = sentence_subject(self._blanked, start, sent.start, self._people)
        return self.resolve_mention(subject, clause.sentence) if subject is not None else None

    def is_personal(self, mention: Mention) -> bool:
        """Whether a mention names a person."""
        if mention.kind in ("pronoun", "relative"):
            return mention.text.lower() in ("he", "she", "who")
        return mention.kind == "name" and self._people.is_person(
            strip_titles(name_tokens(self.name(mention.text)))
        )

    def resolve_mention(self, mention: Mention, sentence: int) -> str | None:
        """The fullest name for a mention, or its own words when nobody is named."""
        if mention.kind == "pronoun":
            return self.pronoun(mention, sentence)
        if mention.kind == "name":
            return self.name(mention.text, mention.start)
        return self._noun(mention, sentence)

    def name(self, text: str, before: int | None = None) -> str:
        """The fullest form of a written name that stands at a position."""
        owner = owner_of_document(text)
        if owner is not None:
            return self.name(owner, before)
        text = _LEANING.sub(r"\1 ", text)
        tokens = strip_titles(name_tokens(text))
        if tokens and self._people.looks_personal(tokens) and tokens[0].lower() not in NOT_NAMES:
            full = self._people.full_name(" ".join(tokens), before)
            if full != " ".join(tokens) or len(tokens) > 1:
                return full
        fullest = self._organisations.fullest(text)
        return fullest if fullest != text else self._earlier_body(text) or text

    def _earlier_body(self, text: str) -> str | None:
        """ "the Gaming Commission" after "the state Gaming Commission" spoke."""
        ending = " " + text.split(" ", 1)[-1] if text.lower().startswith("the ") else " " + text
        for spoken in self._recent():
            if (
                not spoken.personal
                and spoken.speaker.endswith(ending)
                and spoken.speaker[0].islower()
            ):
                return spoken.speaker
        return None

    def _noun(self, mention: Mention, sentence: int) -> str:
        """ "the commissioner", "the statement", "the board": whoever that was; else the words."""
        text = mention.text
        words = text.split()
        bare = len(words) == 1 or words[0].lower() in _DEFINITE
        owner = owner_of_document(text)
        if owner is not None:
            return self.name(owner, mention.start)
        if bare and words[-1].lower() in ("source", "sources"):
            return self._fuller_source(words[-1].lower()) or text
        if len(words) > 1 and words[0].lower() in ("a", "an") and words[-1].lower() in _LETTERS:
            return self._writer(mention, sentence) or text
        if len(words) < 2 or words[0].lower() not in _DEFINITE or len(words) > 7:
            return text
        document = next((at for at, word in enumerate(words) if word.lower() in _DOCUMENTS), None)
        if document:
            return self._issuer(words[: document + 1], sentence) or text
        head = words[-1].lower()
        if head in self._named_roles:
            return self._named_roles[head]
        owned = any(word.endswith(("’s", "'s")) for word in words)
        if owned and head not in TITLES:
            return text
        return self._described(mention, words, sentence) or text

    def _described(self, mention: Mention, words: list[str], sentence: int) -> str | None:
        """Whoever "the …" describes by a role or a kind."""
        text, head = mention.text, words[-1].lower()
        if head in _OUTLETS and text[4:].islower() and not {"i", "white"} & set(words):
            return self._outlet(head)
        lower = [word.lower() for word in words[1:]]
        return (
            self._role(lower, mention.start, sentence)
            or self._organisations.by_noun(lower)
            or self._earlier_noun(*lower)
            or self._kind_of_body(head, mention.start)
            or (self._firm(head) if head in _FIRMS else None)
            or self._fuller_noun(lower, mention.start)
            or (self._somebody(sentence) if head not in _FIRMS and _AGENT.search(head) else None)
        )

    def _fuller_noun(self, words: list[str], before: int) -> str | None:
        """ "the white paper" after "a government white paper": what it was called at first."""
        noun, text, at = " ".join(words), self._blanked, before
        while (at := text.rfind(noun, 0, at)) >= 0:
            end = at + len(noun)
            if not text[end : end + 1].isalpha():
                found = _INTRODUCED.search(text, max(0, at - _LONGEST_NOUN), at)
                if found is not None:
                    return text[found.start() : end]
        return None

    def _outlet(self, head: str) -> str | None:
        """ "the paper": the body with a name that spoke last, else the one in the title."""
        for spoken in self._recent():
            if not spoken.personal and any(word[0].isupper() for word in spoken.speaker.split()):
                return spoken.speaker
        main = self._people.main_body if head != "paper" else None
        return main if main is not None and self._people.in_title(main) else None

    def _kind_of_body(self, head: str, before: int) -> str | None:
        """ "the union" after "the Air Line Pilots Association": the nearest body of that kind."""
        kinds = _KINDS.get(head)
        return self._organisations.nearest(kinds, before) if kinds else None

    def _somebody(self, sentence: int) -> str | None:
        """ "the singer", whom nothing introduces so: the person the text is about just now."""
        running = self._running_person(sentence)
        if running is not None:
            return running
        for index in range(sentence - 1, max(-1, sentence - 4), -1):
            if not self._is_loose(index) and (names := self._names_in(index)):
                return names[0][1]
        return self._last_spoken(personal=True) or self._people.mononym

    def _writer(self, mention: Mention, sentence: int) -> str | None:
        """Who wrote "a letter": named behind it ("from Jane Roe", "she sent")."""
        by = _WRITTEN_BY.match(self._blanked, mention.end)
        if by is not None and by.group(1):
            return self._person("f" if by.group(1) == "she" else "m", mention.start, sentence)
        return self.name(by.group(2), mention.start) if by is not None else None

    def _fuller_source(self, head: str) -> str | None:
        """ "sources" after "sources familiar with the matter" spoke."""
        fuller = [
            spoken.speaker
            for spoken in self._recent()
            if head in spoken.speaker.split() and not spoken.speaker.endswith(head)
        ]
        return fuller[-1] if fuller else None

    def _firm(self, head: str) -> str | None:
        """ "the company": the title's body, else the one that spoke last, else the main one."""
        main = self._people.main_body
        if main is not None and head != "agency" and self._people.in_title(main):
            return main
        for spoken in self._recent():
            capitals = any(word[0].isupper() for word in spoken.speaker.split()[:2])
            if not spoken.personal and capitals and spoken.speaker[-1].isalpha():
                return spoken.speaker
        return main

    def _issuer(self, words: list[str], sentence: int) -> str | None:
        """Whose statement, memo or study it is: named in it, or who spoke where it came up."""
        if words[1][0].isupper():  # but of "Its Article 3" only "Its" would be left
            return self.name(" ".join(words[:-1])) if len(words) > 2 else None
        head = words[-1].lower()
        owned = any(word.endswith(("’s", "'s")) for word in words)
        if len(words) > 2 and (words[1].lower() == "family" or owned):
            return " ".join(words[:-1])
        sender = self._sent_by(head, sentence)
        if sender is not None:
            return sender
        earlier = self._earlier_noun(head)
        if earlier is not None or head in _FINDINGS:
            return earlier
        for index in range(sentence - 1, max(-1, sentence - LOOKBACK_SENTENCES), -1):
            said = self._by_sentence.get(index, [])
            start, end = self._sentences.spans[index]
            if said and (head in self._blanked[start:end] or index == sentence - 1):
                return said[-1].speaker
            if not said and index == sentence - 1 and (body := self._opening_body(index)):
                return body
        return self._spoken[-1].speaker if self._spoken else None

    def _sent_by(self, head: str, sentence: int) -> str | None:
        """ "a letter from the academy", in one of the three sentences before "the letter"."""
        start = self._sentences.spans[max(0, sentence - 3)][0]
        end = self._sentences.spans[sentence][1]
        pattern = re.compile(
            rf"\b{head},? (?:(?:written|sent|released|published|issued) )?(?:by|from) "
            rf"(?=[A-Z]|the |her |his )"
        )
        for sent in pattern.finditer(self._blanked, start, end):
            at = sent.end()
            sender = sentence_subject(self._blanked, at, end, self._people)
            if sender is not None and sender.start == at:
                return self.resolve_mention(sender, sentence)
        return None

    def _role(self, words: list[str], before: int, sentence: int) -> str | None:
        """Who was introduced with this title ("the commissioner")."""
        if words[-1] not in TITLES:
            return None
        title = words[-1]
        if title in _ANYBODY:
            return None
        if title not in self._roles:
            self._roles[title] = self._introduced(title)
        fitting = [
            (_fit(introduced, words), position < before, position, name)
            for position, name, introduced in self._roles[title]
        ]
        fitting = [item for item in fitting if item[0] >= 0]
        earlier = [item for item in fitting if item[1]]
        if earlier:
            return max(earlier)[3]
        return self._running_person(sentence) or (fitting[0][3] if fitting else None)

    def _running_person(self, sentence: int) -> str | None:
        """Who spoke in this sentence or one of the two before, when it was a person."""
        last = self._spoken[-1] if self._spoken else None
        if last is None or not last.personal or sentence - last.sentence > 2:
            return None
        return last.speaker

    def _introduced(self, title: str) -> list[tuple[int, str, str]]:
        """(position, full name, the title's words) of the persons given this title, in order."""
        found = [
            (run.start, self._people.full_name(run.name), run.titles)
            for run in self._people.by_title.get(title, ())
        ]
        for match in re.finditer(rf"\b{re.escape(title)}\b", self._blanked):
            floor = max(0, match.start() - 120)
            if self._blanked.find(", ", floor, match.start()) < 0:
                continue
            before = _NAMED_BEFORE.search(self._blanked, floor, match.start())
            tokens = strip_titles(name_tokens(before.group(1))) if before else []
            if self._people.is_person(tokens):
                name = self._people.full_name(" ".join(tokens))
                found.append((match.start(), name, before.group(2) if before else ""))
        return sorted(found)

    def _earlier_noun(self, *words: str) -> str | None:
        """An earlier unnamed speaker or body whose words include these ("the source")."""
        for spoken in self._recent():
            if not spoken.personal and set(words) <= set(spoken.speaker.lower().split()):
                return spoken.speaker
        return None

    def subject_of(self, index: int, start: int, before: int | None) -> tuple[str, Mention] | None:
        """The person whom a sentence's part from `start` to `before` (or its end) opens with."""
        before = self._sentences.spans[index][1] if before is None else before
        mention = sentence_subject(self._blanked, start, before, self._people)
        if mention is None:
            return None
        speaker = self.resolve_mention(mention, index)
        if speaker is None:
            return None
        words = mention.text.lower().split()
        if not self._people.is_person(speaker.split()) and words[-1] not in _INSTITUTIONS:
            return None
        return speaker, mention

    def person_named(self, text: str) -> str | None:
        """The fullest name of a person written so; None when it may not be a person."""
        tokens = strip_titles(name_tokens(text))
        if not self._people.is_person(tokens):
            return None
        return self._people.full_name(" ".join(tokens))

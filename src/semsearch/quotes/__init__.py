"""Who said what: the quotations of an article with their speakers, and who they are everywhere.

`extraction` is the door: an article goes in, quotes come out. It finds paragraphs and quotation
marks, sentences, reporting clauses and their subjects (`grammar/`), whom a name or a pronoun means
(`names/`, `antecedents`, `resolution`), the clause of each quotation (`direct`) and reported
clauses (`indirect`). `lexicon/` holds the words that the rules know. `speakers` compares names
across articles, `sayings` the same words in several articles. Pure.
"""

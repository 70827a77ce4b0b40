"""Film grammar: what an editor would note on a cut sheet before anything is drawn.

    sides    who is on which side and where they look: crossed line, screen direction, eyelines
    sizes    how near, cut after cut: jump cuts, equal sizes, runs of close-ups, places never shown
    pace     whether there is enough time: cuts too short, words too fast, hasty and opposite camera moves
    frame    who is heard without being seen

Notices are advice and refuse nothing: a director may break every rule on purpose.
"""

from stages.filmgrammar.lint import FilmGrammarOptions, fresh_notices, lint
from stages.filmgrammar.notice import Notice, Rule

__all__ = ["FilmGrammarOptions", "Notice", "Rule", "fresh_notices", "lint"]

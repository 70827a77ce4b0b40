"""Film grammar: what an editor would mark on a cut sheet before anything is drawn.

    sides    who is on which side and where they look: crossed line, screen direction, eyelines
    sizes    how near, cut after cut: jump cuts, equal sizes, close-ups without end, places never shown
    pace     what there is time for: cuts too short, words too quick, hasty and quarrelling cameras
    frame    who is heard without being seen

Advice, never a refusal: a director may break every rule here on purpose.
"""

from stages.filmgrammar.lint import FilmGrammarOptions, fresh_notices, lint
from stages.filmgrammar.notice import Notice, Rule

__all__ = ["FilmGrammarOptions", "Notice", "Rule", "fresh_notices", "lint"]

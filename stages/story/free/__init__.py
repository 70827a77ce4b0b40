"""The free path: a writer that is large enough writes the whole story, step by step under a schema.

idea -> cast -> (parts) -> beats -> plan -> scenes, each brought to its length
     -> rules and reading -> revisions of what was criticised -> the best version

client    one question after another: checked, recorded, within a budget
context   prompts that begin alike; answers: the schemas
"""

from stages.story.free.budget import Budget, parsed
from stages.story.free.client import WriterClient
from stages.story.free.proposing import propose
from stages.story.free.revising import revise
from stages.story.free.writing import write

__all__ = ["Budget", "WriterClient", "parsed", "propose", "revise", "write"]

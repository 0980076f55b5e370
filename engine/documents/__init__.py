"""Official documents: templates become content, content becomes pages, pages are signed and later verified."""

from engine.documents.content import Attachment, Block, Column, Content, Paragraph, Run, Table
from engine.documents.problems import ComposeError, MissingGlyph, TemplateProblem, TemplateProblems
from engine.documents.template import Template, read_template

__all__ = [
    "Attachment",
    "Block",
    "Column",
    "ComposeError",
    "Content",
    "MissingGlyph",
    "Paragraph",
    "Run",
    "Table",
    "Template",
    "TemplateProblem",
    "TemplateProblems",
    "read_template",
]

"""Official documents: templates become content, content becomes pages, pages are signed and later verified."""

from engine.documents.content import Attachment, Block, Column, Content, Paragraph, Run, Table
from engine.documents.examiner import Examiner
from engine.documents.fonts import Faces
from engine.documents.frame import Frame
from engine.documents.keys import AUTHORITY, REVIEWER, Certificate, Field, KeyVault, Signer, Trust
from engine.documents.press import Press
from engine.documents.problems import ComposeError, MissingGlyph, RenderFailed, TemplateProblem, TemplateProblems
from engine.documents.rendering import Rendered, SealPlace
from engine.documents.signing import approve, seal
from engine.documents.template import Template, read_template
from engine.documents.verify import SignatureFacts, Verdict, verify

__all__ = [
    "AUTHORITY",
    "REVIEWER",
    "Attachment",
    "Block",
    "Certificate",
    "Column",
    "ComposeError",
    "Content",
    "Examiner",
    "Faces",
    "Field",
    "Frame",
    "KeyVault",
    "MissingGlyph",
    "Paragraph",
    "Press",
    "RenderFailed",
    "Rendered",
    "Run",
    "SealPlace",
    "SignatureFacts",
    "Signer",
    "Table",
    "Template",
    "TemplateProblem",
    "TemplateProblems",
    "Trust",
    "Verdict",
    "approve",
    "read_template",
    "seal",
    "verify",
]

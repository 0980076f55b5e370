"""Official documents: templates become content, content becomes pages, pages are signed and later verified."""

from engine.documents.assurance import PLAIN, Assurance, Level, TimestampAuthority, TimestampFailed
from engine.documents.content import Attachment, Block, Column, Content, Entries, Entry, Opinion, Paragraph, Run, Table
from engine.documents.draft import word_draft
from engine.documents.examiner import Examiner
from engine.documents.fonts import Faces
from engine.documents.frame import Frame
from engine.documents.keys import AUTHORITY, REVIEWER, Certificate, Field, Signer, TokenStore, Trust
from engine.documents.press import Press
from engine.documents.problems import ComposeError, MissingGlyph, RenderFailed, TemplateProblem, TemplateProblems
from engine.documents.register import Entry as RegisterEntry
from engine.documents.register import RegisterList, verify_offline
from engine.documents.register import export as export_register
from engine.documents.register import read as read_register
from engine.documents.rendering import Rendered, SealPlace
from engine.documents.signing import approve, seal
from engine.documents.template import Head, Template, read_template
from engine.documents.token import Token
from engine.documents.vault import KeyVault
from engine.documents.verify import SignatureFacts, Verdict, verify

__all__ = [
    "AUTHORITY",
    "PLAIN",
    "REVIEWER",
    "Assurance",
    "Attachment",
    "Block",
    "Certificate",
    "Column",
    "ComposeError",
    "Content",
    "Entries",
    "Entry",
    "Examiner",
    "Faces",
    "Field",
    "Frame",
    "Head",
    "KeyVault",
    "Level",
    "MissingGlyph",
    "Opinion",
    "Paragraph",
    "Press",
    "RegisterEntry",
    "RegisterList",
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
    "TimestampAuthority",
    "TimestampFailed",
    "Token",
    "TokenStore",
    "Trust",
    "Verdict",
    "approve",
    "export_register",
    "read_register",
    "read_template",
    "seal",
    "verify",
    "verify_offline",
    "word_draft",
]

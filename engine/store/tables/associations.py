"""The file of an association (一会一档), and cases opened for many of them together."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Table

from engine.store.tables.columns import Id, Moment, Name, Word, key, metadata

association_term = Table(  # as an approved case says it
    "association_term",
    metadata,
    Column("case_id", Id, ForeignKey("case.id"), primary_key=True),
    Column("organisation_id", Id, ForeignKey("organisation.id"), nullable=False),
    Column("term_no", sa.Integer),
    Column("since", sa.Date),
    Column("until", sa.Date),
    Index("ix_association_term_organisation", "organisation_id", "until"),
)

association_leader = Table(  # whom an approved case names
    "association_leader",
    metadata,
    Column("case_id", Id, ForeignKey("case.id"), primary_key=True),
    Column("item_key", Word, primary_key=True),
    Column("organisation_id", Id, ForeignKey("organisation.id"), nullable=False),
    Column("name", Name, nullable=False),
    Column("post", Name, nullable=False),
    Column("gender", Name, nullable=False),
    Column("birth", sa.Date),
    Column("political_status", Name, nullable=False),
    Column("education", Name, nullable=False),
    Column("employer", Name, nullable=False),
    Index("ix_association_leader_organisation", "organisation_id"),
)

association_party = (
    Table(  # 党建责任台账: who answers for the party work of an association, as an approved filing or an import says
        "association_party",
        metadata,
        Column("organisation_id", Id, ForeignKey("organisation.id"), primary_key=True),
        Column("lead_id", Id, ForeignKey("organisation.id"), nullable=False),
        Column("party_no", Word, nullable=False, server_default=sa.text("''")),
        Column("org_form", Word, nullable=False, server_default=sa.text("''")),
        Column("secretary", Name, nullable=False, server_default=sa.text("''")),
        Column("members", sa.Integer),
        Column("registered_on", sa.Date),
        Column("until", sa.Date),  # the end of the party organisation's term
        Column("report_year", sa.Integer),  # of the newest annual report that was filed
        Column("case_id", Id, ForeignKey("case.id")),  # the newest filing; none: imported
        Column("changed_at", Moment, nullable=False),
        Index("ix_association_party_lead", "lead_id"),
    )
)

term_reminder = Table(  # each is sent once
    "term_reminder",
    metadata,
    Column("organisation_id", Id, ForeignKey("organisation.id"), primary_key=True),
    Column("until", sa.Date, primary_key=True),
    Column("months", sa.Integer, primary_key=True),
    Column("at", Moment, nullable=False),
)

case_group = Table(  # 批量发起: cases that the department opened together, for associations to fill in
    "case_group",
    metadata,
    key(),
    Column("package_key", Word, nullable=False),
    Column("title", Name, nullable=False),
    Column("due_on", sa.Date),  # until when the associations are asked to submit
    Column("post_id", Id, ForeignKey("post.id"), nullable=False),
    Column("created_by", Id, nullable=False),
    Column("created_at", Moment, nullable=False),
)

case_group_member = Table(
    "case_group_member",
    metadata,
    Column("group_id", Id, ForeignKey("case_group.id"), primary_key=True),
    Column("organisation_id", Id, ForeignKey("organisation.id"), primary_key=True),
    Column("case_id", Id, ForeignKey("case.id")),  # none: not begun yet
    Column("fault", sa.Text, nullable=False, server_default=sa.text("''")),  # why not
)

"""Whatever a browser sends, a page binds without raising and shows again what was typed."""

from hypothesis import given
from hypothesis import strategies as st

from engine import forms
from tests.thoroughness import examples

from .schemas import COMPLETE, PEOPLE, UPLOADED, application, context, decision

APPLICATION, DECISION = application(), decision()
NAMES = [
    "trigger", "extension_no", "election_date", "election_date-year", "election_date-month", "election_date-day",
    "term_no", "note", "name", "id_type", "id_no", "birth-year", "gender", "post", "is_legal_rep", "resume-0-org",
    "resume-0-since-year", "resume-0-_row", "resume-1-org", "resume-7-years", "resume-²-org", "resume--org", "resume-0",
    "resume-99999-org", "_shown", "action", "add:resume", "remove:resume:0", "remove:resume:9", "opinion", "id_copy",
    "decisions-0-votes", "candidates-0-resume-1-org", "candidates-3-name",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["换届", "延任", "2026", "13", "身份证", "990000196805120015", "true", "add:resume", "remove:resume:1"]
    ),
    st.sampled_from(
        ["election_date note", "resume resume-0-org", "add:candidates", "１２", "-0", "1e5", "NaN", "\x00"]
    ),
)
FORM_DATA = st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=10)), st.lists(TEXTS, max_size=3))
PAGES = [
    (APPLICATION, "election", None, None),
    (APPLICATION, "candidates", 0, "person"),
    (APPLICATION, "candidates", 0, "posts"),
    (APPLICATION, "candidates", None, None),
    (APPLICATION, "files", None, None),
    (APPLICATION, forms.WHOLE, None, None),
    (DECISION, "main", None, None),
]


def seal(typed):
    return {"$personal": "h", "kind": typed.kind}


@examples(30, 150)
@given(sent=FORM_DATA, place=st.sampled_from(PAGES), saved=st.sampled_from([{"candidates": [{}]}, COMPLETE]))
def test_any_form_data_binds_and_may_be_saved(sent, place, saved):
    schema, page, index, inner = place
    surroundings = context(scope=PEOPLE if schema is DECISION else {}, attachments=UPLOADED)
    bound = forms.bind(schema, page, values=saved, formdata=sent, context=surroundings, index=index, inner=inner)
    assert bound.validate() in (True, False)
    assert bound.hidden_inputs is not None
    draft = forms.seal_personal(bound.merged(), schema, seal)
    schema.problems(draft, surroundings)
    schema.sections(draft, surroundings)
    schema.summary(draft, surroundings)
    schema.clean(draft, surroundings)
    again = forms.bind(schema, page, values=draft, context=surroundings, index=index, inner=inner)
    assert again.merged().keys() <= {*draft, *again.merged()}


ELECTION_TEXTS = {
    "term_no": lambda form: form["term_no"]._value(),
    "note": lambda form: form["note"]._value(),
    "election_date-year": lambda form: form["election_date"].parts[0].text,
    "election_date-month": lambda form: form["election_date"].parts[1].text,
    "election_date-day": lambda form: form["election_date"].parts[2].text,
}


@examples(40, 200)
@given(typed=st.fixed_dictionaries({name: st.text(max_size=40) for name in ELECTION_TEXTS}))
def test_what_was_typed_stands_in_its_input_again(typed):
    bound = forms.bind(APPLICATION, "election", values={}, formdata=typed, context=context())
    bound.validate()
    assert {name: read(bound.form) for name, read in ELECTION_TEXTS.items()} == typed


@examples(20, 100)
@given(
    names=st.lists(st.text(max_size=20), min_size=1, max_size=5),
    remove=st.one_of(st.none(), st.integers(0, 5)),
    number=st.text(max_size=20),
)
def test_rows_keep_their_text_when_others_come_and_go(names, remove, number):
    sent = {f"resume-{place * 3}-org": name for place, name in enumerate(names)}
    sent["action"] = "add:resume" if remove is None else f"remove:resume:{remove}"
    values = {"candidates": [{}]}
    bound = forms.bind(
        APPLICATION, "candidates", values=values, formdata=sent, context=context(), index=0, inner="posts"
    )
    kept = [name for place, name in enumerate(names) if place != remove]
    expected = [*kept, ""] if remove is None else kept
    assert [row.form["org"]._value() for row in bound.form["resume"].rows] == expected
    who = forms.bind(
        APPLICATION, "candidates", values=values, formdata={"id_no": number}, context=context(), index=0, inner="person"
    )
    assert who.form["id_no"]._value() == number

"""Regular expressions as Go reads them (the messages are those of Go's regexp/syntax)."""

from __future__ import annotations

import pytest

from sanb import Cluster
from sanb.apiserver.crd.goregexp import read

WRONG = [
    ("+", "missing argument to repetition operator: `+`"), ("a|*?", "missing argument to repetition operator: `*?`"),
    ("a**", "invalid nested repetition operator: `**`"), ("x{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
    ("a{1001}", "invalid repeat count: `{1001}`"), ("a{2,1}", "invalid repeat count: `{2,1}`"),
    ("(a", "missing closing ): `(a`"), ("a)", "unexpected ): `a)`"), ("x[a", "missing closing ]: `[a`"),
    ("[z-a]", "invalid character class range: `z-a`"), ("[[:foo:]]", "invalid character class range: `[:foo:]`"),
    ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"), ("(?P<n", "invalid named capture: `(?P<n`"),
    ("(?P<a-b>x)", "invalid named capture: `(?P<a-b>`"), (r"(a)\1", r"invalid escape sequence: `\1`"),
    (r"\q", r"invalid escape sequence: `\q`"), ("a\\", "trailing backslash at end of expression: ``"),
]


@pytest.mark.parametrize(("text", "fault"), WRONG)
def test_what_go_cannot_read_is_told_in_its_words(text: str, fault: str) -> None:
    assert read(text).fault == f"error parsing regexp: {fault}"


@pytest.mark.parametrize(
    ("text", "fits", "others"),
    [
        ("^a$", "a", "a\n"), (r"^[a-z]+\z", "abc", "ab1"), ("^[[:alpha:]_-]+$", "a_-Z", "é"), (r"^\Qa.b\E$", "a.b", "axb"),
        (r"^\x{41}\101$", "AA", "A"), ("a(?i)b|c", "C", "A"), ("(?i:a)b", "Ab", "AB"), ("^[]a]$", "]", "b"), (r"^\w$", "a", "ä"),
        ("(?m)^b$", "a\nb\nc", "a b"), ("^a{2,}$", "aa", "a"), ("^a{,2}$", "a{,2}", "aa"), ("^(?<n>a)$", "a", "b"),
        ("^[a-z&&[^b]]$", "&]", "a"),
    ],
)
def test_what_go_can_read_chooses_the_same_texts(text: str, fits: str, others: str) -> None:
    found = read(text)
    assert found.fault == ""
    assert found.python is not None
    assert (bool(found.python.search(fits)), bool(found.python.search(others))) == (True, False)


def test_what_python_cannot_say_is_not_checked() -> None:
    assert read(r"^\p{Greek}+$") == ("", None)


@pytest.mark.parametrize(
    ("minor", "fault"), [("1.29", "invalid or unsupported Perl syntax: `(?<`"), ("1.30", "invalid named capture: `(?<=a)b`")],
)
def test_a_definition_with_a_pattern_that_is_none_is_refused(minor: str, fault: str) -> None:
    names = "{plural: ws, singular: w, kind: W, listKind: WList}"
    done = Cluster(minor, seed=1).kubectl("apply -f -", stdin=f"""\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: ws.a.io}}
spec:
  group: a.io
  names: {names}
  scope: Cluster
  versions:
  - name: v1
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, properties: {{code: {{type: string, pattern: "(?<=a)b"}}}}}}}}
""")
    assert done.stderr == (
        'The CustomResourceDefinition "ws.a.io" is invalid: spec.versions[0].schema.openAPIV3Schema.properties[code].pattern: '
        f'Invalid value: "(?<=a)b": must be a valid regular expression, but isn\'t: error parsing regexp: {fault}\n'
    )

"""Go templates as -o go-template has them."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.views.gotemplate import TemplateError, render

POD = {
    "metadata": {"name": "web", "labels": {"b": "2", "a": "1"}},
    "spec": {"replicas": 3, "containers": [{"name": "c", "image": "nginx"}, {"name": "d", "image": "redis"}]},
    "data": {"x": "aGk="},
    "on": True,
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{.metadata.name}}", "web"),
        ("{{.spec.replicas}} {{.on}}", "3 true"),
        ("{{.nope}} {{.metadata.nope.deeper}}", "<no value> <no value>"),
        ("{{.metadata.labels}}", "map[a:1 b:2]"),
        ("{{range .spec.containers}}{{.name}}={{.image}};{{end}}", "c=nginx;d=redis;"),
        ("{{range $i, $c := .spec.containers}}{{$i}}{{$c.name}}{{end}}", "0c1d"),
        ("{{range $k, $v := .metadata.labels}}{{$k}}{{$v}} {{end}}", "a1 b2 "),
        ("{{range .nope}}x{{else}}none{{end}}", "none"),
        ("{{if .on}}yes{{else}}no{{end}}", "yes"),
        ('{{if eq .metadata.name "db"}}1{{else if eq .metadata.name "web"}}2{{else}}3{{end}}', "2"),
        ("{{with .metadata}}{{.name}}{{end}}{{with .nope}}x{{else}}-{{end}}", "web-"),
        ("{{.data.x | base64decode}}", "hi"),
        ('{{index .metadata.labels "a"}} {{(index .spec.containers 1).image}}', "1 redis"),
        ('{{len .spec.containers}} {{printf "%s/%d" .metadata.name .spec.replicas}}', "2 web/3"),
        ("{{- .metadata.name -}}  \n x", "webx"),
        ('a{{"\\n"}}b{{`c`}}', "a\nbc"),
        ('{{$x := .metadata.name}}{{$x}}{{println "!"}}', "web!\n"),
        ("{{/* nothing */}}x", "x"),
        ("{{and .on .metadata.name}} {{or .nope .on}} {{not .on}}", "web true false"),
        ("{{gt .spec.replicas 2}} {{lt .spec.replicas 2}} {{ne .spec.replicas 3}}", "true false false"),
    ],
)
def test_templates_are_filled_in_as_go_does(template: str, text: str) -> None:
    assert render(template, POD) == text


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{", "unclosed action"),
        ("{{range}}x{{end}}", "missing value for range"),
        ("{{range .x}}x", "unexpected EOF"),
        ("{{end}}", "unexpected {{end}}"),
        ("{{foo}}", 'function "foo" not defined'),
        ("{{$x}}", 'undefined variable "$x"'),
        ("{{.metadata.name.x}}", "can't evaluate field x in type interface {}"),
        ("{{range .metadata.name}}x{{end}}", "range can't iterate over web"),
        ("{{.metadata.name | base64decode}}", "error calling base64decode"),
    ],
)
def test_what_is_wrong_is_told(template: str, why: str) -> None:
    with pytest.raises(TemplateError, match=re.escape(why)):
        render(template, POD)


PARTS = ["{{", "}}", "range", " .", "end", "if", "else", "$x", ":=", "|", "(", ")", '"', "len", "a"]


@given(st.lists(st.sampled_from(PARTS), max_size=12))
def test_no_template_raises_anything_else(parts: list[str]) -> None:
    with suppress(TemplateError):
        assert isinstance(render("".join(parts), POD), str)

"""Hashes of Pod templates: the ones that real clusters of every minor show."""

from __future__ import annotations

import pytest

from sanb.controllers.podhash import encoded, fnv32a, template_hash
from sanb.profiles.profile import Profile


def template(image: str, container: str, labels: dict, *, account: str = "", pull: str = "Always", ports=()) -> dict:
    one = {
        "name": container, "image": image, "imagePullPolicy": pull, "resources": {},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
    }
    if ports:
        one["ports"] = [{"containerPort": port, "protocol": "TCP"} for port in ports]
    spec = {
        "containers": [one], "dnsPolicy": "ClusterFirst", "restartPolicy": "Always",
        "schedulerName": "default-scheduler", "securityContext": {}, "terminationGracePeriodSeconds": 30,
    }
    if account:
        spec |= {"serviceAccount": account, "serviceAccountName": account}
    return {"metadata": {"labels": labels}, "spec": spec}


def named(minor: str, made: dict, collisions: int | None = None) -> str:
    return encoded(template_hash(Profile.of(minor), made, collisions))


@pytest.mark.parametrize(("data", "expected"), [(b"", 0x811C9DC5), (b"a", 0xE40C292C), (b"foobar", 0xBF9CF968)])
def test_fnv_1a_gives_its_published_values(data: bytes, expected: int) -> None:
    assert fnv32a(data) == expected


@pytest.mark.parametrize(
    ("minor", "expected"),
    [("1.10", "55dc876645"), ("1.23", "78447d696b"), ("1.36", "5c9c567588")],
)
def test_the_hash_is_that_of_the_recorded_servers(minor: str, expected: str) -> None:
    assert named(minor, template("i", "c", {"app": "web"}, account="ghost")) == expected


@pytest.mark.parametrize(
    ("minor", "expected"),
    [
        ("1.12", "55bd7c9fd"), ("1.13", "5c7588df"), ("1.14", "65f88748fd"), ("1.15", "554b9c67f9"),
        ("1.16", "86c57db685"), ("1.18", "f89759699"), ("1.19", "6799fc88d8"), ("1.22", "6799fc88d8"),
        ("1.23", "85b98978db"), ("1.24", "8f458dc5b"), ("1.25", "76d6c9b8c"), ("1.26", "748c667d99"),
        ("1.27", "77b4fdf86c"), ("1.28", "7854ff8877"), ("1.30", "bf5d5cf98"), ("1.31", "676b6c5bbc"),
        ("1.32", "5869d7778c"), ("1.34", "66686b6766"),
    ],
)
def test_create_deployment_nginx_has_the_name_that_everybody_knows(minor: str, expected: str) -> None:
    """`kubectl create deployment nginx --image=nginx` in clusters of that minor."""
    assert named(minor, template("nginx", "nginx", {"app": "nginx"})) == expected


@pytest.mark.parametrize(
    ("minor", "expected"),
    [
        ("1.18", "6b474476c4"), ("1.20", "66b6c48dd5"), ("1.25", "7fb96c846b"), ("1.27", "cbdccf466"),
        ("1.30", "77d8468669"),
    ],
)
def test_ports_are_part_of_the_hash(minor: str, expected: str) -> None:
    """The Deployment of the documentation's first example, nginx:1.14.2 with port 80."""
    made = template("nginx:1.14.2", "nginx", {"app": "nginx"}, pull="IfNotPresent", ports=(80,))
    assert named(minor, made) == expected


def test_every_count_of_collisions_gives_another_hash() -> None:
    made = template("nginx", "nginx", {"app": "nginx"})
    assert len({named("1.36", made, count) for count in (None, 1, 2)}) == 3


def test_quantities_probes_and_references_are_told_apart() -> None:
    plain = template("i", "c", {})
    hashes = [named("1.36", plain)]
    for change in (
        {"resources": {"limits": {"cpu": "100m"}}}, {"resources": {"limits": {"cpu": "1"}}},
        {"resources": {"limits": {"memory": "1Gi"}}}, {"livenessProbe": {"httpGet": {"port": 80}}},
        {"livenessProbe": {"httpGet": {"port": "web"}}},
        {"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]},
    ):
        changed = template("i", "c", {})
        changed["spec"]["containers"][0].update(change)
        hashes.append(named("1.36", changed))
    assert len(set(hashes)) == 7

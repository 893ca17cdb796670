"""Commands in containers: what coreutils and a shell would print."""

from __future__ import annotations

import pytest

from sanb.errors import ApiError
from sanb.kubelet.shell import ExecError
from tests.kubelet.node import MOUNT_PATH, Node, access, container, volumes


@pytest.fixture(scope="module")
def node() -> Node:
    node = Node()
    node.make("services", "db-main", spec={"clusterIP": "10.96.1.7", "ports": [{"name": "sql", "port": 5432}]})
    spec = access()
    greeting = {"name": "GREETING", "value": "hello  world"}
    spec["containers"][0]["env"] = [greeting, {"name": "N", "value": "$(GREETING)!"}]
    node.start(**spec)
    return node


OUTPUTS = [
    (f"ls {MOUNT_PATH}", "ca.crt\nnamespace\ntoken\n"),
    (f"ls -A {MOUNT_PATH}/..data/", "ca.crt\nnamespace\ntoken\n"),
    (f"ls -1 {MOUNT_PATH}/", "ca.crt\nnamespace\ntoken\n"),
    (f"ls -d {MOUNT_PATH}", f"{MOUNT_PATH}\n"),
    (f"ls {MOUNT_PATH}/token", f"{MOUNT_PATH}/token\n"),
    (f"ls -F {MOUNT_PATH}", "ca.crt@\nnamespace@\ntoken@\n"),
    (f"cat {MOUNT_PATH}/namespace", "shop"),
    ("cat /run/secrets/kubernetes.io/serviceaccount/ca.crt", "the root CA\n"),
    (f"cat {MOUNT_PATH}/[cn]*", "the root CA\nshop"),
    ("echo $GREETING", "hello world\n"),
    ('echo "$GREETING" ${N}', "hello  world hello world!\n"),
    ("echo '$GREETING' \\$N", "$GREETING $N\n"),
    ("echo -n x; echo -e 'a\\tb'", "xa\tb\n"),
    ("A=1; echo $A$NOTHING.", "1.\n"),
    (f"T=$(cat {MOUNT_PATH}/namespace); echo got $T", "got shop\n"),
    ("true && echo yes || echo no", "yes\n"),
    ("echo before; exit; echo after", "before\n"),
    ("false && echo yes || echo no", "no\n"),
    ("false; echo $?", "1\n"),
    ("nothing 2>/dev/null; echo $?", "127\n"),
    ("ls /nothing 2>&1 | wc -l", "1\n"),
    ("pwd; cd /etc; pwd; cd; pwd", "/\n/etc\n/root\n"),
    ("cd /etc && ls host*", "hostname\nhosts\n"),
    ("hostname; hostname -i", "web\n10.244.0.2\n"),
    ("whoami; id; id -u; id -un", "root\nuid=0(root) gid=0(root) groups=0(root)\n0\nroot\n"),
    ("date +%Y-%m-%d; date +%s | wc -c", "2026-01-01\n11\n"),
    ("[ -f /etc/hosts ] && [ ! -d /etc/hosts ] && [ -L /var/run ] && echo ok", "ok\n"),
    ('test "$GREETING" != x && test 2 -gt 1 && [ -n "$N" ] && echo ok', "ok\n"),
    (f"head -c 3 {MOUNT_PATH}/token; echo; tail -n 1 /etc/resolv.conf", "eyJ\noptions ndots:5\n"),
    ("head -n 1 /etc/passwd; head -1 /etc/passwd | cut -d: -f1,7", "root:x:0:0:root:/root:/bin/bash\nroot:/bin/bash\n"),
    ("echo hello | base64; echo aGVsbG8K | base64 -d", "aGVsbG8K\nhello\n"),
    ("printenv HOSTNAME KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT", "web\n10.96.0.1\n443\n"),
    ("env | grep ^DB_MAIN_SERVICE_PORT | sort", "DB_MAIN_SERVICE_PORT=5432\nDB_MAIN_SERVICE_PORT_SQL=5432\n"),
    ("env X=1 printenv X", "1\n"),
    ("grep -c nologin /etc/passwd; grep -iv ROOT /etc/group", "3\nwww-data:x:33:\n"),
    ("echo abc | tr a-c x-z | tr -d y", "xz\n"),
    ("echo 'b\na' | sort -r; readlink /var/run; readlink -f /bin/sh", "b\na\n/run\n/usr/bin/sh\n"),
    ("mount | grep serviceaccount", "tmpfs on /run/secrets/kubernetes.io/serviceaccount type tmpfs (ro,relatime)\n"),
    ("cat /etc/hostname | cat -n; # a comment", "     1\tweb\n"),
]


@pytest.mark.parametrize(("script", "expected"), OUTPUTS)
def test_what_scripts_print(node: Node, script: str, expected: str) -> None:
    done = node.sh(script)
    assert (done.stdout, done.stderr) == (expected, "")


FAILURES = [
    (("ls", "/nothing"), 2, "ls: cannot access '/nothing': No such file or directory\n"),
    (("ls", "-Z"), 2, "ls: invalid option -- 'Z'\nTry 'ls --help' for more information.\n"),
    (("cat", "/nothing"), 1, "cat: /nothing: No such file or directory\n"),
    (("cat", "/etc"), 1, "cat: /etc: Is a directory\n"),
    (("head", "-n", "x", "/etc/hosts"), 1, "head: invalid number of lines: ‘x’\n"),
    (("printenv", "NOTHING"), 1, ""),
    (("false",), 1, ""),
    (("test", "a", "=", "b"), 1, ""),
    (("[", "a"), 2, "sh: 1: [: missing ]\n"),
    (("sh", "-c", "nothing"), 127, "sh: 1: nothing: not found\n"),
    (("bash", "-c", "nothing"), 127, "bash: line 1: nothing: command not found\n"),
    (("sh", "-c", "cd /nothing"), 2, "sh: 1: cd: can't cd to /nothing\n"),
    (("sh", "-c", "echo 'x"), 2, "sh: 1: Syntax error: Unterminated quoted string\n"),
    (("sh", "-c", "echo x |"), 2, 'sh: 1: Syntax error: "end of file" unexpected\n'),
    (("sh", "script.sh"), 2, "sh: 0: cannot open script.sh: No such file\n"),
    (("env", "nothing"), 127, "env: ‘nothing’: No such file or directory\n"),
    (("base64", "-d", "/etc/hosts"), 1, "base64: invalid input\n"),
]


@pytest.mark.parametrize(("argv", "code", "expected"), FAILURES)
def test_what_fails_and_how(node: Node, argv: tuple[str, ...], code: int, expected: str) -> None:
    done = node.exec(*argv)
    assert (done.exit_code, done.stderr) == (code, expected)


@pytest.mark.parametrize("script", ["echo x > /tmp/f", "echo x >> f", "cat < /etc/hosts", "for i in 1; do x; done"])
def test_what_the_shell_does_not_do_is_refused_by_name(node: Node, script: str) -> None:
    done = node.sh(script)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("sh: 1: sanb: ")


def test_a_long_listing(node: Node) -> None:
    lines = node.exec("ls", "-la", MOUNT_PATH).stdout.splitlines()
    stamp = lines[3].split()[-1]
    assert lines == [
        "total 4",
        "drwxrwxrwt 3 root root  140 Jan  1 00:00 .",
        "drwxr-xr-x 3 root root 4096 Jan  1 00:00 ..",
        f"drwxr-xr-x 2 root root  100 Jan  1 00:00 {stamp}",
        f"lrwxrwxrwx 1 root root   31 Jan  1 00:00 ..data -> {stamp}",
        "lrwxrwxrwx 1 root root   13 Jan  1 00:00 ca.crt -> ..data/ca.crt",
        "lrwxrwxrwx 1 root root   16 Jan  1 00:00 namespace -> ..data/namespace",
        "lrwxrwxrwx 1 root root   12 Jan  1 00:00 token -> ..data/token",
    ]


def test_several_places_are_listed_under_their_names(node: Node) -> None:
    done = node.exec("ls", "/etc/hosts", "/tmp", "/nothing", "/srv")
    assert done.stdout == "/etc/hosts\n\n/srv:\n\n/tmp:\n"
    assert done.exit_code == 2


@pytest.mark.parametrize("argv", [("sh",), ("bash",), ("/bin/bash",), ("bash", "-i")])
def test_a_shell_without_a_script_prints_nothing(node: Node, argv: tuple[str, ...]) -> None:
    assert node.exec(*argv) == (0, "", "")


def test_a_file_of_another_user_cannot_be_read() -> None:
    node = Node()
    spec = access()
    spec["containers"][0]["securityContext"] = {"runAsUser": 1000}
    node.start(**spec)
    assert node.token().startswith("eyJ")
    assert node.exec("whoami").stderr == "whoami: cannot find name for user ID 1000\n"
    node.secret("s", key="value")
    volume = {"name": "v", "secret": {"secretName": "s", "defaultMode": 0o400}}
    spec = volumes((volume, "/v"))
    node.start("other", **spec, securityContext={"runAsUser": 1000, "runAsGroup": 2000, "supplementalGroups": [3000]})
    assert node.exec("cat", "/v/key", pod="other") == (1, "", "cat: /v/key: Permission denied\n")
    assert node.exec("id", pod="other").stdout == "uid=1000 gid=2000 groups=2000,3000\n"
    assert node.sh("echo $HOME; pwd", pod="other").stdout == "/\n/\n"


def test_the_working_directory_is_the_containers() -> None:
    node = Node()
    node.start(containers=[container(workingDir="/etc")])
    assert node.exec("cat", "hostname").stdout == "web\n"


def test_bytes_that_are_no_text_are_replaced() -> None:
    node = Node()
    node.make("secrets", "s", data={"key": "/w=="})
    node.start(**volumes(({"name": "v", "secret": {"secretName": "s"}}, "/v")))
    assert node.exec("cat", "/v/key").stdout == "\ufffd"
    assert node.sh("cat /v/key | wc -c; base64 /v/key").stdout == "1\n/w==\n"


# ---------------------------------------------------------------------- what cannot be started


PROGRAM_MISSING = {
    "1.10": 'OCI runtime exec failed: exec failed: container_linux.go:348: starting container process caused "exec: '
    '\\"curl\\": executable file not found in $PATH": unknown\r\n',
    "1.23": 'OCI runtime exec failed: exec failed: container_linux.go:367: starting container process caused: exec: '
    '"curl": executable file not found in $PATH: unknown\r\n',
}


@pytest.mark.parametrize("minor", PROGRAM_MISSING)
def test_docker_says_on_stdout_that_a_program_is_missing(minor: str) -> None:
    node = Node(minor)
    node.start()
    assert node.exec("curl", "-k") == (126, PROGRAM_MISSING[minor], "")


def test_containerd_says_that_a_program_is_missing(node: Node) -> None:
    with pytest.raises(ExecError) as caught:
        node.exec("curl", "-k")
    text = str(caught.value)
    assert text.startswith("Internal error occurred: error executing command in container: failed to exec in ")
    assert text.endswith('exec: "curl": executable file not found in $PATH: unknown')


def test_a_container_that_does_not_run_yet_is_not_found() -> None:
    node = Node()
    node.start(**volumes(({"name": "v", "secret": {"secretName": "s"}}, "/v")))
    with pytest.raises(ExecError, match=r'^unable to upgrade connection: container not found \("app"\)$'):
        node.exec("ls")


def test_a_pod_that_its_kubelet_does_not_know_does_not_exist() -> None:
    node = Node(machine=False)
    node.start()
    with pytest.raises(ExecError, match=r"^unable to upgrade connection: pod does not exist$"):
        node.exec("ls")


@pytest.mark.parametrize(
    ("host", "pod", "name", "code", "message"),
    [
        ("n1", "none", "app", 404, 'pods "none" not found'),
        ("n1", "web", "other", 400, "container other is not valid for pod web"),
        ("", "web", "app", 400, "pod web does not have a host assigned"),
    ],
)
def test_refusals_of_the_api_server(host: str, pod: str, name: str, code: int, message: str) -> None:
    node = Node()
    node.start(nodeName=host)
    with pytest.raises(ApiError) as caught:
        node.exec("ls", pod=pod, container=name)
    assert (caught.value.code, caught.value.message) == (code, message)

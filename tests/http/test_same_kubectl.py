"""The kubectl in process and the real one of the same minor print the same, letter by letter, in one long session."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import pytest

from sanb import Cluster
from sanb.http.serve import serve
from tests.definitions import definition
from tests.http.served import FORBIDDEN_ENV, kubectl_binary
from tests.kubectl.play import norm

SHOP = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: till, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: dep, namespace: shop, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {serviceAccountName: till, containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}
"""
CRD = definition(
    "books.shop.example", "Book", "{type: object, properties: {spec: {type: object, properties: {title: {type: string}}}}}",
    names="shortNames: [bk]", version="additionalPrinterColumns: [{name: Title, type: string, jsonPath: .spec.title}]",
)
BOOK = "apiVersion: shop.example/v1\nkind: Book\nmetadata: {name: emma, namespace: shop}\nspec: {title: Emma}\n"
INPUT = {"shop.yaml": SHOP, "crd.yaml": CRD, "book.yaml": BOOK, "bad.yaml": "kind: Pod\nmetadata: {name: x}\n"}
WRITES = """
create namespace shop
create serviceaccount bot
create serviceaccount bot -n shop
create serviceaccount bot
create configmap settings --from-literal=a=1 --from-literal=b=2
create configmap one --from-literal=greeting=hello
create secret generic keys --from-literal=password=hunter2
create role reader --verb=get,list --resource=pods
create rolebinding reader --role=reader --serviceaccount=default:bot
create clusterrole peeker --verb=get --resource=nodes
create clusterrolebinding peeker --clusterrole=peeker --serviceaccount=default:bot
create quota small --hard=pods=5
create deployment api --image=nginx
create service clusterip api --tcp=80:80
create job once --image=busybox
run web --image=nginx --labels=app=web
apply -f shop.yaml
apply -f shop.yaml
apply -f bad.yaml
apply -f crd.yaml
apply -f book.yaml
label serviceaccount bot team=a
label serviceaccount bot team=b
label serviceaccount bot team=b --overwrite
annotate serviceaccount bot note=hello
patch configmap settings -p {"data":{"a":"3"}}
scale deployment api --replicas=2
set image deployment/dep c=nginx:2 -n shop
rollout status deployment/dep -n shop
rollout undo deployment/dep -n shop
expose deployment dep -n shop --port=80
autoscale deployment api --max=3
wait --for=condition=Ready pod/web
exec web -- cat /var/run/secrets/kubernetes.io/serviceaccount/namespace
exec web -- sh -c "echo out; exit 3"
logs web
cordon node-1
uncordon node-1
taint nodes node-1 a=b:NoSchedule
"""
READS = """
get pods -n shop
get pods -A -l app=web --no-headers
get deployments,replicasets -n shop
get serviceaccounts
get serviceaccount bot -o yaml
get configmap settings -o jsonpath={.data.a}
get configmap settings -o json
get secrets --field-selector=metadata.name=keys
get secret keys -o go-template={{.data.password}}
get roles,rolebindings
get clusterroles peeker -o wide
get resourcequota
get namespaces --show-labels
get nodes
get pod web -o custom-columns=NAME:.metadata.name,ACCOUNT:.spec.serviceAccountName
get pods --sort-by=.metadata.name -o name
get books -n shop
get bk emma -n shop -o yaml
get crd
get services,endpoints -n shop
get jobs
get pod nope
get nonsense
get pods -n nowhere
describe serviceaccount bot
describe role reader
describe rolebinding reader
describe configmap one
describe secret keys
describe quota small
describe namespace shop
rollout history deployment/dep -n shop
auth can-i list pods --as=system:serviceaccount:default:bot
auth can-i delete pods --as=system:serviceaccount:default:bot
auth can-i --list --as=system:serviceaccount:default:bot
auth can-i get nodes --as=system:serviceaccount:default:bot
get pods --as=system:serviceaccount:default:bot -o name
get secrets --as=system:serviceaccount:default:bot
explain serviceaccount.secrets
explain pod.spec.serviceAccountName
api-versions
api-resources --api-group=rbac.authorization.k8s.io
create serviceaccount dry --dry-run=client -o yaml
create serviceaccount dry --dry-run=server
run dry --image=nginx --dry-run=client -o yaml
create role dry --verb=get --resource=pods --dry-run=client -o yaml
cluster-info
config current-context
exec web -- ls nowhere
port-forward
port-forward web
logs nope
scale deployment nope --replicas=1
delete pod nope
patch configmap nope -p {}
"""
DELETES = """
delete rolebinding reader
delete book emma -n shop
delete deployment,service --all -n shop
delete deployment api
delete job once
delete serviceaccount bot nope
delete -f shop.yaml --ignore-not-found
drain node-1 --ignore-daemonsets --force
delete namespace shop
get namespaces -o name
"""


def _lines(text: str) -> list[list[str]]:
    return [shlex.split(line) if "{" not in line else line.split(" ") for line in text.strip().splitlines()]


SESSION = [("write", one) for one in _lines(WRITES)] + [("read", one) for one in _lines(READS)]
SESSION += [("write", one) for one in _lines(DELETES)]


@pytest.mark.slow
@pytest.mark.parametrize("minor", ["1.20", "1.36"])
def test_both_print_the_same(minor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in INPUT.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    binary = kubectl_binary(minor)
    start = float(int(time.time()) - 3600)  # a real kubectl counts ages from the real time
    served, ours = (Cluster(minor, seed=1, start=start) for _ in range(2))
    served.run()
    ours.run()
    wrong = []
    with serve(served) as api, ThreadPoolExecutor(4) as pool:
        kept = {key: value for key, value in os.environ.items() if key not in FORBIDDEN_ENV}
        env = {**kept, **api.env, "HOME": str(tmp_path), "KUBECTL_COMMAND_HEADERS": "false"}

        def real(words: list[str]) -> tuple[int, str, str]:
            done = subprocess.run([binary, *words], env=env, capture_output=True, text=True, timeout=60)
            name = Path(binary).name
            return done.returncode, done.stdout.replace(name, "kubectl"), done.stderr.replace(name, "kubectl")

        for kind, group in groupby(SESSION, lambda step: step[0]):
            steps = [words for _, words in group]
            answers = pool.map(real, steps) if kind == "read" else map(real, steps)
            for words, (code, out, err) in zip(steps, answers):
                mine = ours.kubectl(words)
                ours.run()
                if (code, norm(out), norm(err)) != (mine.exit_code, norm(mine.stdout), norm(mine.stderr)):
                    wrong.append((words, (code, out, err), (mine.exit_code, mine.stdout, mine.stderr)))
    assert wrong == []

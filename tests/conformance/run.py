#!/usr/bin/env python3
"""Play a scenario against a Kubernetes API server over plain REST and record a normalised trace.

    run.py --server URL --token T [--cacert F] [--insecure] SCENARIO.yaml -o TRACE.json
    run.py --server URL --token T ... -j 4 --check 2 scenarios/*.yaml -o traces/{minor}/

It needs nothing but an HTTP(S) endpoint that speaks the Kubernetes API, so it runs unchanged
against a real control plane and against a simulator.  See README.md beside this file for the
scenario language and for what normalisation does.
"""
import argparse
import base64
import binascii
import concurrent.futures as futures
import copy
import difflib
import glob
import json
import os
import random
import re
import sys
import time
import urllib.parse
import warnings

try:
    import requests
except ImportError:      # in process nothing is sent
    requests = None
import yaml

CORE, APPS, RBAC = "/api/v1", "/apis/apps/v1", "/apis/rbac.authorization.k8s.io/v1"
AUTHN, AUTHZ = "/apis/authentication.k8s.io/v1", "/apis/authorization.k8s.io/v1"
# plural: (prefix, apiVersion, Kind, namespaced)
KINDS = {
    "serviceaccounts": (CORE, "v1", "ServiceAccount", True),
    "secrets": (CORE, "v1", "Secret", True),
    "configmaps": (CORE, "v1", "ConfigMap", True),
    "pods": (CORE, "v1", "Pod", True),
    "events": (CORE, "v1", "Event", True),
    "replicationcontrollers": (CORE, "v1", "ReplicationController", True),
    "services": (CORE, "v1", "Service", True),
    "namespaces": (CORE, "v1", "Namespace", False),
    "nodes": (CORE, "v1", "Node", False),
    "deployments": (APPS, "apps/v1", "Deployment", True),
    "replicasets": (APPS, "apps/v1", "ReplicaSet", True),
    "roles": (RBAC, "rbac.authorization.k8s.io/v1", "Role", True),
    "rolebindings": (RBAC, "rbac.authorization.k8s.io/v1", "RoleBinding", True),
    "clusterroles": (RBAC, "rbac.authorization.k8s.io/v1", "ClusterRole", False),
    "clusterrolebindings": (RBAC, "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", False),
    "tokenreviews": (AUTHN, "authentication.k8s.io/v1", "TokenReview", False),
    "selfsubjectreviews": (AUTHN, "authentication.k8s.io/v1", "SelfSubjectReview", False),
    "subjectaccessreviews": (AUTHZ, "authorization.k8s.io/v1", "SubjectAccessReview", False),
    "selfsubjectaccessreviews": (AUTHZ, "authorization.k8s.io/v1", "SelfSubjectAccessReview", False),
    "selfsubjectrulesreviews": (AUTHZ, "authorization.k8s.io/v1", "SelfSubjectRulesReview", False),
    "localsubjectaccessreviews": (AUTHZ, "authorization.k8s.io/v1", "LocalSubjectAccessReview", True),
}
SETTLE_KINDS = ["serviceaccounts", "secrets", "pods", "configmaps", "roles", "rolebindings",
                "deployments", "replicasets"]
PATCH_TYPES = {"merge": "application/merge-patch+json", "json": "application/json-patch+json",
               "strategic": "application/strategic-merge-patch+json",
               "apply": "application/apply-patch+yaml"}
KEEP_HEADERS = ("content-type", "warning", "www-authenticate", "retry-after", "location")
ALNUM = "bcdfghjklmnpqrstvwxz2456789"      # the alphabet Kubernetes draws name suffixes from

UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
JWT = re.compile(r"^eyJ[\w-]+\.[\w-]+\.[\w-]+$")
TOKNAME = re.compile(r"(-token-|-dockercfg-|kube-api-access-)([%s]{5})(?:-([%s]{5}))?\b" % (ALNUM, ALNUM))


# ------------------------------------------------------------------ small helpers
def get_path(obj, path):
    """Walk `path`: a dotted string, or a list whose items are keys, indexes or {dotted: value} filters."""
    if isinstance(path, str):
        path = [int(p) if p.lstrip("-").isdigit() else p for p in path.split(".")] if path else []
    for p in path:
        if isinstance(p, dict):
            obj = next((o for o in obj or [] if all(_try(o, k) == v for k, v in p.items())), None)
        elif isinstance(p, int) and isinstance(obj, list):
            obj = obj[p] if -len(obj) <= p < len(obj) else None
        elif isinstance(obj, dict):
            obj = obj.get(p if p in obj else str(p))
        else:
            obj = None
        if obj is None:
            return None
    return obj


def _try(o, k):
    return get_path(o, k)


def subst(x, env):
    if isinstance(x, str):
        whole = re.fullmatch(r"\$\{(\w+)\}", x)
        if whole and whole.group(1) in env:
            return env[whole.group(1)]
        return re.sub(r"\$\{(\w+)\}|\$(NS\d?|RUN)\b",
                      lambda m: str(env.get(m.group(1) or m.group(2), m.group(0))), x)
    if isinstance(x, list):
        return [subst(i, env) for i in x]
    if isinstance(x, dict):
        return {subst(k, env): subst(v, env) for k, v in x.items()}
    return x


def b64json(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


# ------------------------------------------------------------------ the client
class Api:
    def __init__(self, a):
        self.base = a.server.rstrip("/")
        self.token = a.token
        self.s = requests.Session()
        self.s.trust_env = False
        self.s.verify = False if a.insecure else (a.cacert or True)
        if a.insecure:
            warnings.filterwarnings("ignore", message="Unverified HTTPS request")

    def call(self, method, path, body=None, headers=None, auth=None, stream=False, timeout=60):
        h = {"Accept": "application/json"}
        if auth != "none":
            h["Authorization"] = "Bearer " + (auth or self.token)
        data = None
        if body is not None:
            h["Content-Type"] = "application/json"
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        h.update(headers or {})
        h = {k: v for k, v in h.items() if v is not None}
        return self.s.request(method, self.base + path, data=data, headers=h, stream=stream, timeout=timeout)

    def json(self, method, path, body=None, **kw):
        r = self.call(method, path, body, **kw)
        try:
            return r.status_code, r.json()
        except ValueError:
            return r.status_code, r.text


def expand_path(path, ns):
    """`serviceaccounts/x` -> `/api/v1/namespaces/NS/serviceaccounts/x`; a path with a leading / is left alone."""
    if path.startswith("/"):
        return path, None
    m = re.match(r"[a-z]+", path)
    plural = m.group(0)
    prefix, _, _, namespaced = KINDS[plural]
    return prefix + ("/namespaces/" + ns if namespaced else "") + "/" + path, plural


def collection_kind(path):
    """The KINDS row of the collection a full path POSTs to, or None."""
    bare = path.split("?")[0].rstrip("/")
    for plural, row in KINDS.items():
        ns = r"/namespaces/[^/]+" if row[3] else ""
        if re.fullmatch(re.escape(row[0]) + ns + "/" + plural, bare):
            return plural, row
    return None, None


# ------------------------------------------------------------------ running
class Run:
    def __init__(self, api, scenario, minor, seed=None, clock=time):
        self.api, self.sc, self.minor, self.clock = api, scenario, minor, clock
        rnd = random.Random(seed)
        word = lambda: "".join(rnd.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(9))
        self.names = {"NS": "n" + word(), "NS2": "m" + word(), "NS3": "k" + word(), "RUN": "r" + word()}
        self.env = dict(self.names)
        self.env["SERVER"] = api.base
        self.steps, self.made, self.rv = [], [], {}

    # -- one request
    def request(self, st):
        method, path = st["do"].split(None, 1)
        ns = st.get("ns", self.names["NS"])
        path, plural = expand_path(path, ns)
        headers = dict(st.get("headers") or {})
        if "as" in st:
            headers["Impersonate-User"] = st["as"]
        for k, v in (st.get("asExtra") or {}).items():
            headers["Impersonate-Extra-" + k] = v
        body = copy.deepcopy(st.get("body"))
        if "patch" in st:
            headers["Content-Type"] = PATCH_TYPES[st["patch"]]
        if isinstance(body, dict) and method in ("POST", "PUT") and not st.get("bare"):
            full, row = collection_kind(path if method == "POST" else path.split("?")[0].rsplit("/", 1)[0])
            if row:
                body = {"apiVersion": row[1], "kind": row[2], **body}
            if row and row[2] == "Pod":
                spec = body.setdefault("spec", {})
                spec.setdefault("containers", [{"name": "c", "image": "busybox"}])
        if "raw" in st:
            body = st["raw"]
        if "groups" in st:      # several Impersonate-Group headers: requests cannot repeat a header; join is not accepted
            headers["Impersonate-Group"] = st["groups"][0]
        resp = self.api.call(method, path, body, headers=headers, auth=st.get("auth"))
        try:
            out = resp.json()
        except ValueError:
            out = resp.text
        if method == "POST" and resp.status_code in (200, 201) and isinstance(out, dict):
            p, row = collection_kind(path)
            if row and not row[3] and out.get("metadata", {}).get("name"):
                self.made.append(path.split("?")[0] + "/" + out["metadata"]["name"])
        for var, spec in (st.get("save") or {}).items():
            b64 = isinstance(spec, dict) and "path" in spec
            val = get_path(out, spec["path"] if b64 else spec)
            if b64 and spec.get("b64") and isinstance(val, str):
                val = base64.b64decode(val).decode()
            if b64 and spec.get("jwt") and isinstance(val, str):
                val = get_path(b64json(val.split(".")[1]), spec["jwt"])
            self.env[var] = val if val is not None else "unset-" + var
        rec = {"request": {"method": method, "path": path}}
        if body is not None:
            rec["request"]["body"] = body
        if headers:
            rec["request"]["headers"] = headers
        if st.get("auth"):
            rec["request"]["auth"] = st["auth"]
        rec["response"] = {"status": resp.status_code, "body": out,
                           "headers": {k: resp.headers[k] for k in KEEP_HEADERS if k in resp.headers}}
        self.note_rv(method, out, rec)
        return rec

    def note_rv(self, method, out, rec):
        m = out.get("metadata") if isinstance(out, dict) else None
        if isinstance(m, dict) and m.get("uid") and m.get("resourceVersion"):
            old = self.rv.get(m["uid"])
            if method in ("PUT", "PATCH") and old:
                rec["rv"] = "same" if old == m["resourceVersion"] else "changed"
            self.rv[m["uid"]] = m["resourceVersion"]

    # -- settle
    def snapshot(self, namespaces, kinds):
        out, sig = {}, {}
        for ns in namespaces:
            out[ns] = {}
            for k in kinds:
                path, _ = expand_path(k, ns)
                code, body = self.api.json("GET", path)
                items = body.get("items") or [] if code == 200 else []
                out[ns][k] = items
                for o in items:
                    sig[ns, k, o["metadata"]["name"]] = o["metadata"]["resourceVersion"]
        return out, sig

    def settle(self, spec):
        spec = spec if isinstance(spec, dict) else {}
        kinds = spec.get("kinds") or SETTLE_KINDS
        nss = [self.env.get(n, n) for n in spec.get("namespaces") or self.namespaces or ["NS"]]
        quiet, end = spec.get("quiet", 1.0), self.clock.time() + spec.get("timeout", 40)
        out, last = self.snapshot(nss, kinds)
        since = self.clock.time()
        while self.clock.time() < end and self.clock.time() - since < quiet:
            self.clock.sleep(0.12)
            out, sig = self.snapshot(nss, kinds)
            if sig != last:
                last, since = sig, self.clock.time()
        for ns in out:
            for k in out[ns]:
                for o in out[ns][k]:
                    self.rv[o["metadata"]["uid"]] = o["metadata"]["resourceVersion"]
        rec = {"settle": {ns: {k: v for k, v in d.items() if v} for ns, d in out.items()}}
        if self.clock.time() >= end:
            rec["unsettled"] = True
        return rec

    # -- wait until a GET answers as told
    def wait(self, w):
        end = self.clock.time() + w.get("timeout", 30)
        sub = {k: w[k] for k in ("ns", "as", "auth") if k in w}
        while True:
            rec = self.request({"do": "GET " + w["path"], **sub})
            body = rec["response"]["body"]
            ok = ("status" not in w or rec["response"]["status"] == w["status"]) and all(
                get_path(body, k) == v for k, v in (w.get("has") or {}).items()) and all(
                get_path(body, k) is not None for k in w.get("exists") or []) and all(
                not get_path(body, k) for k in w.get("empty") or [])
            if ok or self.clock.time() > end:
                rec["waited"] = "ok" if ok else "timed out"
                return rec
            self.clock.sleep(0.15)

    def watch(self, w):
        path, _ = expand_path(w["path"], w.get("ns", self.names["NS"]))
        path += ("&" if "?" in path else "?") + "watch=true&timeoutSeconds=%d" % w.get("timeout", 2)
        events, status, ctype = [], None, None
        r = self.api.call("GET", path, stream=True, auth=w.get("auth"), headers=w.get("headers"))
        status, ctype = r.status_code, r.headers.get("Content-Type")
        for line in r.iter_lines():
            if line:
                try:
                    events.append(json.loads(line))
                except ValueError:
                    events.append(line.decode())
            if len(events) >= w.get("max", 50):
                break
        r.close()
        return {"watch": {"path": path, "status": status, "contentType": ctype, "events": events}}

    # -- the whole scenario
    def play(self):
        sc = self.sc
        self.namespaces = [self.names[n] for n in sc.get("namespaces", ["NS"])]
        try:
            if sc.get("setup", True):
                for ns in self.namespaces:
                    self.api.json("POST", "/api/v1/namespaces",
                                  {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns}})
                for ns in self.namespaces:
                    self.wait({"path": "/api/v1/namespaces/%s/serviceaccounts/default" % ns, "status": 200})
                self.settle(None)
            for st in sc["steps"]:
                self.step(st)
        finally:
            self.cleanup()
        return {"scenario": sc["name"], "about": sc.get("about", ""), "minor": self.minor, "steps": self.steps}

    def step(self, st):
        if not (st.get("min", 0) <= self.minor <= st.get("max", 999)):
            return
        if "repeat" in st:
            for i in range(st["repeat"]):
                self.env["i"] = "%02d" % i
                self.step({k: v for k, v in st.items() if k != "repeat"})
            return
        raw, st = st, subst(st, self.env)
        if "sleep" in st:
            self.clock.sleep(st["sleep"])
            return
        if "settle" in st:
            rec = self.settle(st["settle"])
        elif "wait" in st:
            rec = self.wait(st["wait"])
        elif "watch" in st:
            rec = self.watch(st["watch"])
        elif "do" in st:
            rec = self.request(st)
        else:
            raise SystemExit("unknown step %r in %s" % (raw, self.sc["name"]))
        if st.get("record", True):
            for k in ("id", "note", "mask", "unordered", "keepManagedFields", "pick"):
                if k in st:
                    rec[k] = st[k]
            self.steps.append(rec)

    def cleanup(self):
        for p in reversed(self.made):
            if "/namespaces/" not in p:
                self.api.json("DELETE", p)
        for ns in set(self.namespaces) | {p.split("/")[-1] for p in self.made if "/namespaces/" in p}:
            self.api.json("DELETE", "/api/v1/namespaces/" + ns)


def play(scenario, minor, api, clock=time, seed=None):
    """The normalised trace of one scenario (a dict).

    `api` needs `base` (a URL) and what `Api.call` and `Api.json` offer; `clock` needs `time()` and `sleep(seconds)`. With an
    in-process api and a virtual clock nothing here touches a socket or waits.
    """
    run = Run(api, scenario, minor, seed, clock)
    return Normaliser(run).trace(run.play())


# ------------------------------------------------------------------ normalising
class Normaliser:
    def __init__(self, run):
        self.names = {v: "<%s>" % k.lower() for k, v in run.names.items()}
        self.server = run.api.base
        self.host = urllib.parse.urlsplit(run.api.base).netloc
        self.ids = {"uid": {}, "rand": {}, "hash": {}}

    def num(self, kind, value):
        d = self.ids[kind]
        return "<%s:%d>" % (kind, d.setdefault(value, len(d) + 1))

    # pass 1: register the values that identify something, in a canonical order
    def collect(self, x):
        if isinstance(x, dict):
            md = x.get("metadata")
            if isinstance(md, dict):
                gen, name = md.get("generateName"), md.get("name")
                labels = md.get("labels")
                if isinstance(labels, dict) and labels.get("pod-template-hash"):
                    self.num("hash", labels["pod-template-hash"])
                if gen and name and name.startswith(gen) and name != gen:
                    self.num("rand", name[len(gen):])
            for k in sorted(x):
                self.collect(x[k])
        elif isinstance(x, list):
            for i in x:
                self.collect(i)
        elif isinstance(x, str):
            for m in UUID.findall(x):
                self.num("uid", m)
            for m in TOKNAME.finditer(x):
                self.num("rand", m.group(2))
                if m.group(3):
                    self.num("rand", m.group(3))

    def text(self, s):
        s = UUID.sub(lambda m: self.num("uid", m.group(0)), s)
        s = TIME.sub("<time>", s)
        for v, n in self.ids["hash"].items():
            if v in s:
                s = re.sub(r"(?<![a-z0-9])%s(?![a-z0-9])" % re.escape(v), "<hash:%d>" % n, s)
        for v, n in self.ids["rand"].items():
            if v in s:
                s = re.sub(r"(?<![a-z0-9])%s(?![a-z0-9])" % re.escape(v), "<rand:%d>" % n, s)
        for v, p in self.names.items():
            s = s.replace(v, p)
        s = s.replace(self.server, "<server>").replace(self.host, "<host>")
        s = re.sub(r"\b\d+\.\d+\.\d+\.\d+:\d{4,5}\b", "<host>", s).replace("https://<host>", "<server>")
        s = re.sub(r"([?&]resourceVersion=)\d{2,}", r"\1<rv>", s)
        s = re.sub(r"([?&]continue=)[\w-]{20,}", r"\1<continue>", s)
        s = re.sub(r'(resourceVersion\\*":\\*")\d+', r"\1<rv>", s)
        s = re.sub(r"time\.Date\([^)]*\)", "<time>", re.sub(r"0x[0-9a-f]{6,}", "<ptr>", s))
        s = re.sub(r"(ResourceVersion in record \()\d+", r"\1<rv>", s)
        s = re.sub(r"((?:Too old|Too large|too old) resource version: ?)?\b\d+ \((\d+)\)", r"\1<rv> (<rv>)", s) if "resource version" in s.lower() else s
        if "-----BEGIN CERTIFICATE" in s:
            return "<ca>"
        return "<date>" if DATE.match(s) else s

    def jwt(self, s):
        h, c = (b64json(p) for p in s.split(".")[:2])
        if "kid" in h:
            h["kid"] = "<kid>"
        iat = c.pop("iat", None)
        for k in ("exp", "nbf"):
            if k in c and iat is not None:
                c[k + "-iat"] = c.pop(k) - iat
        wa = get_path(c, ["kubernetes.io", "warnafter"])
        if wa is not None:
            c["kubernetes.io"]["warnafter"] = "iat+%d" % (wa - iat)
        return {"header": h, "claims": c}

    def string(self, s):
        if JWT.match(s):
            try:
                return {"<jwt>": self.value(self.jwt(s))}
            except (ValueError, binascii.Error, TypeError, KeyError):
                return self.text(s)
        return self.text(s)

    def value(self, x, key=None, keep=False):
        if isinstance(x, dict):
            out = {}
            if x.get("kind") == "TokenRequest" and JWT.match(get_path(x, "status.token") or ""):
                x = copy.deepcopy(x)
                iat = b64json(x["status"]["token"].split(".")[1]).get("iat")
                exp = x["status"].get("expirationTimestamp")
                if iat and exp:
                    t = time.strptime(exp, "%Y-%m-%dT%H:%M:%SZ")
                    import calendar
                    x["status"]["expirationTimestamp"] = "<iat+%d>" % (calendar.timegm(t) - iat)
            for k in x:
                v = x[k]
                if k == "managedFields" and not keep:
                    continue
                if k == "resourceVersion" and isinstance(v, str) and v:
                    out[k] = "<rv>"
                elif k == "continue" and isinstance(v, str) and v:
                    out[k] = self.cont(v)
                elif k == "remainingItemCount":
                    out[k] = v
                elif k in ("kid",) and isinstance(v, str):
                    out[k] = "<kid>"
                elif k == "n" and isinstance(v, str) and len(v) > 100:
                    out[k] = "<modulus>"
                elif k == "data" and isinstance(v, dict) and (x.get("kind") == "Secret" or "type" in x):
                    out[k] = {kk: self.secret(vv) for kk, vv in v.items()}
                elif k in ("gitCommit", "buildDate", "goVersion", "platform", "compiler") and isinstance(v, str):
                    out[k] = "<build>"
                else:
                    out[self.text(k) if isinstance(k, str) else k] = self.value(v, k, keep)
            if out.get("kind") == "Table":
                self.table(out)
            return out
        if isinstance(x, list):
            return [self.value(i, key, keep) for i in x]
        if isinstance(x, str):
            return self.string(x)
        return x

    def table(self, t):
        ages = [i for i, c in enumerate(t.get("columnDefinitions") or []) if c.get("name") == "Age"]
        for r in t.get("rows") or []:
            for i in ages:
                r["cells"][i] = "<age>"

    def cont(self, v):
        try:
            d = b64json(v)
            d["rv"] = "<rv>"
            return {"<continue>": self.value(d)}
        except (ValueError, binascii.Error):
            return "<continue>"

    def secret(self, v):
        """A value of Secret.data: shown decoded, marked b64."""
        if not isinstance(v, str):
            return v
        try:
            raw = base64.b64decode(v, validate=True).decode()
        except (ValueError, binascii.Error):
            return v
        s = self.string(raw)
        return {"<b64>": s}

    # canonical order of anything whose server order depends on a random name
    def sort_items(self, x):
        if isinstance(x, dict):
            for v in x.values():
                self.sort_items(v)
            items = x.get("items")
            if isinstance(items, list) and items and all(isinstance(i, dict) and isinstance(i.get("metadata"), dict) for i in items):
                x["items"] = self.ordered(items)
            if "settle" in x:
                for ns in x["settle"].values():
                    for k in ns:
                        ns[k] = self.ordered(ns[k])
        elif isinstance(x, list):
            for v in x:
                self.sort_items(v)

    def ordered(self, items):
        def key(o):
            md = o["metadata"]
            name = TOKNAME.sub(r"\1~", md.get("name", ""))
            gen = md.get("generateName")
            if gen and name.startswith(gen):
                name = gen + "~"
            if "involvedObject" in o:
                name = "%s %s" % (o.get("reason"), re.sub(r"[%s]{5}\b" % ALNUM, "", str(o.get("message"))))
            rv = md.get("resourceVersion") or "0"
            return md.get("namespace", ""), name, int(rv) if rv.isdigit() else 0
        return sorted(items, key=key)

    def event(self, e):
        """Events: keep what says something, drop counts, series and times."""
        return {k: e.get(k) for k in ("type", "reason", "message", "involvedObject", "source", "reportingComponent")}

    def trace(self, tr):
        tr = copy.deepcopy(tr)
        for st in tr["steps"]:
            body = get_path(st, "response.body")
            if isinstance(body, dict) and body.get("kind") == "EventList":
                body["items"] = [{"metadata": {"namespace": e["metadata"].get("namespace"), "name": "-"}, **self.event(e)}
                                 for e in body.get("items") or []]
                for e in body["items"]:
                    e["involvedObject"].pop("resourceVersion", None)
                seen, uniq = set(), []
                for e in self.ordered(body["items"]):
                    s = json.dumps([e["reason"], e["message"], e["involvedObject"].get("kind")])
                    if s not in seen:
                        seen.add(s)
                        uniq.append(e)
                body["items"] = uniq
            if st.get("unordered") and isinstance(body, dict) and isinstance(body.get(st["unordered"]), list):
                body[st["unordered"]].sort(key=lambda o: json.dumps(o, sort_keys=True))
            if st.get("pick") and isinstance(body, dict):
                st["response"]["body"] = {p: get_path(body, p) for p in st["pick"]}
        self.sort_items(tr["steps"])
        self.collect(tr["steps"])
        for i, st in enumerate(tr["steps"]):
            keep, masks = st.pop("keepManagedFields", False), st.pop("mask", None) or []
            st.pop("unordered", None)
            for m in masks:
                parent, _, leaf = m.rpartition(".")
                o = get_path(st, parent) if parent else st
                if isinstance(o, dict) and leaf in o:
                    o[leaf] = "<masked>"
            tr["steps"][i] = self.value(st, keep=keep)
        return tr


# ------------------------------------------------------------------ command line
def server_minor(api):
    code, v = api.json("GET", "/version")
    m = re.match(r"\d+", str(v.get("minor", "0"))) if isinstance(v, dict) else None
    return int(m.group(0)) if m else 0


def one(a, path, minor):
    with open(path) as f:
        sc = yaml.safe_load(f)
    sc.setdefault("name", os.path.splitext(os.path.basename(path))[0])
    if not (sc.get("min", 0) <= minor <= sc.get("max", 999)):
        return sc, None, "skipped: not for 1.%d" % minor
    traces = []
    for _ in range(max(1, a.check)):
        traces.append(play(sc, minor, Api(a)))
    texts = [json.dumps(t, indent=1, sort_keys=True, ensure_ascii=False) + "\n" for t in traces]
    diff = ""
    for t in texts[1:]:
        if t != texts[0]:
            diff = "".join(difflib.unified_diff(texts[0].splitlines(True), t.splitlines(True), "run1", "run2", n=3))
            break
    return sc, texts[0], diff


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--server", required=True)
    p.add_argument("--token", default=os.environ.get("ORACLE_TOKEN", ""))
    p.add_argument("--cacert")
    p.add_argument("--insecure", action="store_true")
    p.add_argument("-o", "--out", required=True, help="a .json file, or a directory ({minor} is filled in)")
    p.add_argument("-j", "--jobs", type=int, default=1)
    p.add_argument("--check", type=int, default=1, help="play each scenario this many times; report where they differ")
    p.add_argument("--minor", type=int, help="the server's minor version, where its /version does not say")
    p.add_argument("scenario", nargs="+")
    a = p.parse_args()
    paths = [f for s in a.scenario for f in (sorted(glob.glob(os.path.join(s, "*.yaml"))) if os.path.isdir(s) else [s])]
    minor = a.minor if a.minor is not None else server_minor(Api(a))
    out = a.out.replace("{minor}", "1.%d" % minor)
    todir = not out.endswith(".json")
    if todir:
        os.makedirs(out, exist_ok=True)
    bad = 0
    with futures.ThreadPoolExecutor(a.jobs) as ex:
        jobs = {ex.submit(one, a, f, minor): f for f in paths}
        for j in futures.as_completed(jobs):
            f = jobs[j]
            try:
                sc, text, diff = j.result()
            except Exception as e:  # a scenario that cannot be played must not hide the others
                bad += 1
                print("ERROR %s: %s: %s" % (os.path.basename(f), type(e).__name__, e), file=sys.stderr)
                continue
            if text is None:
                print("skip  %s" % sc["name"])
                continue
            with open(os.path.join(out, sc["name"] + ".json") if todir else out, "w") as fh:
                fh.write(text)
            print("%s %s" % ("DIFF " if diff else "ok   ", sc["name"]))
            if diff:
                bad += 1
                print(diff[:4000])
            sys.stdout.flush()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

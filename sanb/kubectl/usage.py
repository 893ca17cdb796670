"""--help: what a command is for, how it is written, and which flags it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.kubectl.flags import MANY, NUMBER, REPEAT, SWITCH, Flag
from sanb.profiles.profile import Profile

KUSTOMIZE: Final = (
    "sanb does not build kustomizations: build them outside (`kubectl kustomize DIR > all.yaml`) and use `-f all.yaml`"
)
ABOUT: Final[Mapping[str, tuple[str, str]]] = {
    "get": ("Print objects", "(TYPE [NAME...] | TYPE/NAME... | -f FILE)"),
    "describe": ("Tell everything about objects", "(TYPE [NAME...] | TYPE/NAME | -f FILE)"),
    "create": ("Create objects from a manifest or by their kind", "-f FILE"),
    "create namespace": ("Create a Namespace", "NAME"),
    "create serviceaccount": ("Create a ServiceAccount", "NAME"),
    "create secret generic": ("Create a Secret", "NAME [--from-literal=KEY=VALUE] [--from-file=[KEY=]FILE]"),
    "create secret docker-registry": (
        "Create a Secret for a registry",
        "NAME --docker-username=USER --docker-password=WORD",
    ),
    "create secret tls": ("Create a Secret with a certificate", "NAME --cert=FILE --key=FILE"),
    "create configmap": ("Create a ConfigMap", "NAME [--from-literal=KEY=VALUE] [--from-file=[KEY=]FILE]"),
    "create deployment": ("Create a Deployment", "NAME --image=IMAGE [-- COMMAND]"),
    "create job": ("Create a Job", "NAME (--image=IMAGE | --from=cronjob/NAME) [-- COMMAND]"),
    "create cronjob": ("Create a CronJob", "NAME --image=IMAGE --schedule='*/5 * * * *' [-- COMMAND]"),
    "create quota": ("Create a ResourceQuota", "NAME [--hard=KEY=AMOUNT,...]"),
    "create poddisruptionbudget": ("Create a PodDisruptionBudget", "NAME --selector=LABELS --min-available=N"),
    "create priorityclass": ("Create a PriorityClass", "NAME --value=N"),
    "create ingress": ("Create an Ingress", "NAME --rule=HOST/PATH=SERVICE:PORT[,tls[=SECRET]]"),
    "create service clusterip": ("Create a Service inside the cluster", "NAME --tcp=PORT[:TARGET]"),
    "create service nodeport": ("Create a Service with a port of the Nodes", "NAME --tcp=PORT[:TARGET]"),
    "create service loadbalancer": ("Create a Service behind a load balancer", "NAME --tcp=PORT[:TARGET]"),
    "create service externalname": ("Create a Service that is another name", "NAME --external-name=NAME"),
    "create role": ("Create a Role", "NAME --verb=VERB --resource=TYPE[.GROUP]"),
    "create clusterrole": ("Create a ClusterRole", "NAME --verb=VERB --resource=TYPE[.GROUP]"),
    "create rolebinding": (
        "Give a role to somebody",
        "NAME (--role=ROLE | --clusterrole=ROLE) --serviceaccount=SPACE:NAME",
    ),
    "create clusterrolebinding": ("Give a role everywhere", "NAME --clusterrole=ROLE --serviceaccount=SPACE:NAME"),
    "create token": ("Ask for a token of a ServiceAccount", "NAME [--duration=1h] [--audience=NAME]"),
    "run": ("Run an image in a Pod", "NAME --image=IMAGE [-- COMMAND]"),
    "expose": ("Make a Service for a workload", "(TYPE NAME | TYPE/NAME) --port=PORT"),
    "apply": ("Create objects or change them to what a manifest says", "-f FILE"),
    "apply view-last-applied": ("Print what was applied last", "(TYPE NAME | TYPE/NAME | -f FILE)"),
    "apply set-last-applied": ("Remember a manifest as what was applied last", "-f FILE"),
    "diff": ("Show what apply would change", "-f FILE"),
    "replace": ("Put objects in the place of others", "-f FILE"),
    "delete": ("Delete objects", "(TYPE NAME... | TYPE/NAME... | TYPE -l LABELS | -f FILE)"),
    "exec": ("Run a command in a container", "(POD | TYPE/NAME) [-c CONTAINER] -- COMMAND"),
    "logs": ("Print what containers have printed", "(POD | TYPE/NAME) [-c CONTAINER]"),
    "cp": ("Copy out of a Pod", "POD:PATH FILE"),
    "events": ("Print events", "[--for TYPE/NAME] [--types=Normal,Warning]"),
    "label": ("Set or take away labels", "(TYPE NAME | TYPE/NAME) KEY=VALUE... KEY-..."),
    "annotate": ("Set or take away annotations", "(TYPE NAME | TYPE/NAME) KEY=VALUE... KEY-..."),
    "patch": ("Change a part of objects", "(TYPE NAME | TYPE/NAME) -p PATCH"),
    "scale": ("Set the replicas", "(TYPE NAME | TYPE/NAME) --replicas=N"),
    "autoscale": ("Create a HorizontalPodAutoscaler", "(TYPE NAME | TYPE/NAME) --max=N"),
    "set image": ("Set images of containers", "(TYPE NAME | TYPE/NAME) CONTAINER=IMAGE..."),
    "set serviceaccount": ("Set the ServiceAccount of a workload", "(TYPE NAME | TYPE/NAME) ACCOUNT"),
    "set resources": ("Set requests and limits", "(TYPE NAME | TYPE/NAME) --limits=cpu=1 --requests=cpu=1"),
    "set selector": ("Set the selector of a Service", "service NAME KEY=VALUE,..."),
    "set subject": ("Add subjects to a binding", "(TYPE NAME | TYPE/NAME) --serviceaccount=SPACE:NAME"),
    "set env": ("Set variables of containers", "(TYPE NAME | TYPE/NAME) KEY=VALUE... KEY-..."),
    "rollout history": ("Print the revisions of a workload", "(TYPE NAME | TYPE/NAME)"),
    "rollout pause": ("Pause the rollout of a Deployment", "deployment/NAME"),
    "rollout resume": ("Resume a paused rollout", "deployment/NAME"),
    "rollout restart": ("Start all Pods of a workload anew", "(TYPE NAME | TYPE/NAME)"),
    "rollout status": ("Wait until a workload is rolled out", "(TYPE NAME | TYPE/NAME)"),
    "rollout undo": ("Go back to a revision", "(TYPE NAME | TYPE/NAME) [--to-revision=N]"),
    "wait": ("Let time pass until objects are in a condition", "(TYPE/NAME | TYPE -l LABELS) --for=condition=Ready"),
    "taint": ("Set or take away taints of Nodes", "node NAME KEY=VALUE:EFFECT... KEY:EFFECT-..."),
    "cordon": ("Let no more Pods onto a Node", "NODE"),
    "uncordon": ("Let Pods onto a Node again", "NODE"),
    "drain": ("Cordon a Node and evict its Pods", "NODE"),
    "auth can-i": ("Ask whether an action is allowed", "VERB (TYPE | TYPE/NAME | URL)"),
    "auth reconcile": ("Create roles and bindings, or add to them", "-f FILE"),
    "auth whoami": ("Ask whom the server takes the user for", ""),
    "explain": ("Tell what a kind or a field is", "TYPE[.FIELD...]"),
    "version": ("Print the version", ""),
    "api-resources": ("Print the kinds that the server has", ""),
    "api-versions": ("Print the group versions that the server has", ""),
    "cluster-info": ("Print where the cluster is", ""),
    "cluster-info dump": ("Print the objects of kube-system and of the namespace", ""),
    "alpha events": ("Print events", "[--for TYPE/NAME] [--types=Normal,Warning]"),
    "alpha auth whoami": ("Ask whom the server takes the user for", ""),
    "options": ("Print the flags of all commands", ""),
    "config view": ("Print the configuration", ""),
    "config current-context": ("Print the context", ""),
    "config get-contexts": ("Print all contexts", ""),
    "config get-clusters": ("Print all clusters", ""),
    "config get-users": ("Print all users", ""),
    "config use-context": ("Choose a context; there is one", "NAME"),
}
"""What commands are for, and the words after their name."""
WIDTH: Final = 30


def page(profile: Profile, name: str) -> str:
    """The help of a command, of a group, or of kubectl itself for an empty name."""
    from sanb.kubectl import find
    from sanb.kubectl.commands import COMMANDS

    below = [one for one in find.there(profile) if one.startswith(f"{name} ") or not name]
    command = COMMANDS.get(name)
    about, words = ABOUT.get(name, ("", ""))
    parts = [f"{about or 'kubectl, on a simulated cluster' if not name or about else f'Commands of kubectl {name}'}.\n"]
    if below:
        shown = below if name else [one for one in below if one in ABOUT]
        rows = "".join(f"  {one.ljust(WIDTH)} {ABOUT.get(one, ('',))[0]}".rstrip() + "\n" for one in shown)
        parts.append(f"Available Commands:\n{rows}")
    if command is not None:
        flags = {**command.flags, **profile.pick(command.more)}
        if flags:
            parts.append("Options:\n" + "".join(f"  {_flag(one, flags[one])}\n" for one in sorted(flags)))
        parts.append(f"Usage:\n  kubectl {name} {words} [options]\n".replace("  [", " ["))
    else:
        parts.append(f"Usage:\n  kubectl {name} COMMAND [options]\n".replace("  COMMAND", " COMMAND"))
    return "\n".join(parts)


def _flag(name: str, flag: Flag) -> str:
    short = f"-{flag.short}, " if flag.short else "    "
    kinds = {SWITCH: "", MANY: "=a,b", REPEAT: "=value (repeatable)", NUMBER: "=number"}
    return f"{short}--{name}{kinds.get(flag.kind, '=value')}"

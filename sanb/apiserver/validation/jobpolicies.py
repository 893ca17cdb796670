"""What a Job says about failures and successes by index: limits, podFailurePolicy, successPolicy, podReplacementPolicy."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import shown
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

INDEXED: Final = "requires indexed completion mode"
MOST_FAILED: Final = 100_000
ACTIONS: Final = {
    "1.10": ("Count", "FailJob", "Ignore"), "1.29": ("Count", "FailIndex", "FailJob", "Ignore"),
}
NEVER: Final = 'only "Never" is supported when podFailurePolicy is specified'
BOTH: Final = "specifying both OnExitCodes and OnPodConditions is not supported"
NEITHER: Final = "specifying one of OnExitCodes and OnPodConditions is required"
NO_RULE: Final = "at least one rules must be specified when the successPolicy is specified"
NO_MEASURE: Final = "at least one of succeededCount or succeededIndexes must be specified"


def limits(out: list[FieldError], spec: Obj, path: str) -> None:
    """The limits of failures by index, which only a Job whose completions have numbers may have."""
    limit, most = spec.get("backoffLimitPerIndex"), spec.get("maxFailedIndexes")
    if most is not None and limit is None:
        out.append(status.required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    if spec.get("completionMode") == "Indexed":
        completions = spec.get("completions")
        if most is not None and completions is not None and most > completions:
            out.append(status.invalid_value(f"{path}.maxFailedIndexes", most, "must be less than or equal to completions"))
        if most is not None and most > MOST_FAILED:
            out.append(status.invalid_value(f"{path}.maxFailedIndexes", most, f"must be less than or equal to {MOST_FAILED}"))
        return
    for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
        if spec.get(field) is not None:
            out.append(status.invalid_value(f"{path}.{field}", spec[field], INDEXED))


def policies(out: list[FieldError], spec: Obj, path: str, rules: Rules) -> None:
    """The policies about failures, successes and replacements."""
    failures, success = spec.get("podFailurePolicy"), spec.get("successPolicy")
    if failures is not None:
        _failures(out, spec, failures, f"{path}.podFailurePolicy", rules)
    if success is not None:
        _success(out, spec, success, f"{path}.successPolicy")
    replaced = spec.get("podReplacementPolicy")
    supported = ("Failed",) if failures is not None else ("Failed", "TerminatingOrFailed")
    if replaced is not None and replaced not in supported:
        out.append(status.unsupported(f"{path}.podReplacementPolicy", replaced, supported))


def restart(out: list[FieldError], spec: Obj, policy: str, path: str) -> None:
    """A Job that looks at how Pods fail may not start their containers again."""
    if spec.get("podFailurePolicy") is not None and policy != "Never":
        out.append(status.invalid_value(path, policy, NEVER))


def _failures(out: list[FieldError], spec: Obj, policy: Obj, path: str, rules: Rules) -> None:
    actions = rules.profile.pick(ACTIONS)
    for index, rule in enumerate(policy.get("rules") or ()):
        here, action = f"{path}.rules[{index}]", rule.get("action") or ""
        if action == "FailIndex" and action in actions and spec.get("backoffLimitPerIndex") is None:
            out.append(status.invalid_value(f"{here}.action", action, "requires the backoffLimitPerIndex to be set"))
        if not action:
            listed = " ".join(f'"{one}"' for one in actions)
            out.append(status.required(f"{here}.action", f"valid values: [{listed}]"))
        elif action not in actions:
            out.append(status.unsupported(f"{here}.action", action, actions))
        codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions")
        if codes is not None and conditions:
            out.append(FieldError(here, "FieldValueInvalid", f"Invalid value: {BOTH}"))
        if codes is None and not conditions:
            out.append(FieldError(here, "FieldValueInvalid", f"Invalid value: {NEITHER}"))


def _success(out: list[FieldError], spec: Obj, policy: Obj, path: str) -> None:
    if spec.get("completionMode") != "Indexed":
        out.append(status.invalid_shown(path, shown.as_json(policy), INDEXED))
        return
    rules = policy.get("rules") or ()
    if not rules:
        out.append(status.required(f"{path}.rules", NO_RULE))
    for index, rule in enumerate(rules):
        if rule.get("succeededCount") is None and rule.get("succeededIndexes") is None:
            out.append(status.required(f"{path}.rules[{index}]", NO_MEASURE))
        elif (count := rule.get("succeededCount")) is not None and count > (spec.get("completions") or 0):
            why = f"must be less than or equal to {spec.get('completions') or 0} (the number of specified completions)"
            out.append(status.invalid_value(f"{path}.rules[{index}].succeededCount", count, why))

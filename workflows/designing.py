"""What a process designer does: check a changed diagram, deploy it as a new version."""

from collections.abc import Mapping

from workflows import access, errors, procedures, services
from workflows.access import Actor
from workflows.engine import Bundle, Complaint
from workflows.store import Store

LARGEST = 5 * 1024 * 1024


def check_bundle(bundle: Bundle, key: str) -> list[Complaint]:
    """Everything wrong with a bundle, at once, by file and element id."""
    return procedures.check_bundle(bundle, key, services.TOPICS)


def deploy_bundle(
    store: Store, bundle: Bundle, key: str, actor: Actor | None = None, note: str = ""
) -> int:
    """Deploy and return the version's number; raises ProcedureRefused with every complaint."""
    return procedures.deploy(store, bundle, key, services.TOPICS, actor=actor, note=note)


def check_upload(
    store: Store, actor: Actor, key: str, files: Mapping[str, bytes]
) -> tuple[dict[str, bytes], list[Complaint]]:
    """The newest version with `files` (name → bytes) exchanged, and what is wrong with it."""
    access.check_role(actor, access.DESIGNS, "修改流程")
    with store.reading() as tx:
        bundle: Mapping[str, bytes] = procedures.latest(tx, key).bundle
    for name, data in files.items():
        if len(data) > LARGEST:
            raise errors.FileRefused(f"“{name}”超过5MB")
        bundle = procedures.replace_file(bundle, name, data)
    return dict(bundle), check_bundle(bundle, key)


def deploy_upload(
    store: Store, actor: Actor, key: str, files: Mapping[str, bytes], note: str
) -> int:
    """Deploy the newest version with `files` exchanged; running cases stay on theirs."""
    bundle, complaints = check_upload(store, actor, key, files)
    wrong = [one for one in complaints if one.severity == "error"]
    if wrong:
        raise errors.ProcedureRefused(wrong)
    return deploy_bundle(store, bundle, key, actor, note)

"""New versions in a story: a procedure is changed and deployed, and its running case moved."""

from collections.abc import Mapping
from typing import Any

from workflows import cases, designing, models, people, procedures
from workflows.stories.stage import Stage, StoryFailed


def change(stage: Stage, step: Mapping[str, Any]) -> None:
    """`change` names a procedure, `files` what is exchanged: file name → [[old text, new text], …].

    The next version is deployed; raises StoryFailed for a text that is not there exactly once.
    """
    key = step["change"]
    with stage.store.reading() as tx:
        bundle = dict(procedures.latest(tx, key).bundle)
    for name, texts in step["files"].items():
        path = next(path for path in bundle if path.rsplit("/", 1)[-1] == name)
        data = bundle[path].decode()
        for old, new in texts:
            if data.count(old) != 1:
                raise StoryFailed(f"{name}中的“{old}”有{data.count(old)}处，应有一处")
            data = data.replace(old, new)
        bundle[path] = data.encode()
    designing.deploy_bundle(stage.store, bundle, key)


def move(stage: Stage, step: Mapping[str, Any]) -> None:
    """`move` names the procedure to whose newest version (or `to`) the case goes.

    `stays`: the elements that keep it on its version; without them it must move.
    """
    with stage.store.reading() as tx:
        actor = people.find_actor(tx, step.get("as") or people.first_in_role(tx, "designer"))
        p = models.procedures
        wanted = p.select().where(p.c.key == step["move"]).order_by(p.c.version.desc())
        row = tx.one(wanted.where(p.c.version == step["to"]) if "to" in step else wanted)
    reason = str(step.get("reason", "程序修订"))
    judged = cases.move_case(stage.store, actor, stage.case_id, row["id"], reason)
    found = sorted({one.element for one in judged.reasons})
    if found != sorted(step.get("stays", [])):
        said = "；".join(str(one) for one in judged.reasons) or "案件转到了新版本"
        raise StoryFailed(f"stays 应为 {step.get('stays', [])}，实为 {found}：{said}")

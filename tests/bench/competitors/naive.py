"""What one would write on a Monday: Flask, SpiffWorkflow, one SQLite row for each case.

The stock Camunda parser reads the diagram once at start; the stock serializer keeps the case as
JSON, as its documentation shows. Each step reads the row, completes the task with the posted form,
lets the engine go on, and writes the row in one commit. SQLite as it comes. No rights, no history,
no checks of what is posted.
"""

import sqlite3
from typing import Any
from uuid import UUID

from flask import Flask, abort, g, redirect, request
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.camunda.parser.CamundaParser import CamundaParser
from SpiffWorkflow.camunda.serializer.config import CAMUNDA_CONFIG
from SpiffWorkflow.util.task import TaskState
from werkzeug.wrappers import Response

TABLE = "CREATE TABLE IF NOT EXISTS cases (id INTEGER PRIMARY KEY, state TEXT, ended INTEGER)"


def create_app(diagram: str, file: str) -> Flask:
    """The application over a BPMN file and an SQLite file."""
    app = Flask(__name__)
    parser = CamundaParser()
    parser.add_bpmn_file(diagram)
    spec = parser.get_spec("workload")
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(CAMUNDA_CONFIG))
    with sqlite3.connect(file) as connection:
        connection.execute(TABLE)

    @app.teardown_appcontext
    def hang_up(_fault: BaseException | None) -> None:
        if "db" in g:
            g.db.close()

    @app.post("/cases")
    def open_case() -> Response:
        workflow = BpmnWorkflow(spec)
        workflow.data.update(request.form.to_dict())
        workflow.do_engine_steps()
        with database(file) as db:
            made = db.execute(
                "INSERT INTO cases (state, ended) VALUES (?, 0)",
                (serializer.serialize_json(workflow),),
            )
        return redirect(address(made.lastrowid, workflow))

    @app.post("/cases/<int:case_id>/tasks/<task_id>")
    def complete(case_id: int, task_id: str) -> Response:
        row = database(file).execute("SELECT state FROM cases WHERE id = ?", (case_id,)).fetchone()
        workflow: Any = serializer.deserialize_json(row[0])
        task = workflow.get_task_from_id(UUID(task_id))
        if task.state != TaskState.READY:
            abort(409)
        task.data.update(request.form.to_dict())
        task.run()
        workflow.do_engine_steps()
        with database(file) as db:
            db.execute(
                "UPDATE cases SET state = ?, ended = ? WHERE id = ?",
                (serializer.serialize_json(workflow), workflow.is_completed(), case_id),
            )
        return redirect(address(case_id, workflow))

    return app


def database(file: str) -> sqlite3.Connection:
    """The request's connection."""
    if "db" not in g:
        g.db = sqlite3.connect(file)
    return g.db


def address(case_id: int | None, workflow: Any) -> str:
    """Of the next task, or of the ended case."""
    ready = workflow.get_tasks(state=TaskState.READY, manual=True)
    return f"/cases/{case_id}/tasks/{ready[0].id}" if ready else f"/cases/{case_id}"

"""The Trace of a pass that ended early: what ran, and the op that could not be done as its last node."""

from __future__ import annotations

from dataclasses import replace

from resnet_viz.model.graph.calls import Call
from resnet_viz.model.trace.plan_recorder import PlanRecorder
from resnet_viz.model.trace.refused import first_line
from resnet_viz.records.failure import Failure
from resnet_viz.records.trace import Node, Trace


def end_early(recorder: PlanRecorder, error: Exception) -> Failure | None:
    """Adds the op that failed to the recorder's, as if it gave what it got; None where nothing ran.

    Where no call of torch failed but the net's own code, the failure is after the last op.
    """
    failed, recorder.failed_call = recorder.failed_call, None  # With the error go its frames, and all they hold.
    if not recorder.calls:
        return None
    message = "".join(character if character.isprintable() else " " for character in first_line(error))
    if failed is None or not failed.caused(error):
        return Failure([*recorder.calls][-1], True, message, None, None)
    node_id = recorder.name_failed(failed.op, failed.path, failed.is_leaf)
    call = recorder.calls.get(node_id)
    if call is None:
        call = recorder.calls[node_id] = Call(node_id, failed.path, failed.op, failed.source)
    call.take_inputs([source for source in failed.sources if source[0] != node_id and source[0] not in call.inputs])
    call.outputs = (failed.takes,)
    call.windows.append(None)
    call.is_ruled = False
    return Failure(node_id, False, message, failed.got, failed.needs)


def without_result(trace: Trace) -> Trace:
    """Returns a Trace in which the op that failed has no output, nor has a group that ends with it."""
    if trace.failed is None or trace.failed.is_after:
        return trace
    op = trace.nodes[trace.failed.node]
    around = {group.id for group in trace.ancestors(op) if trace.last_op(group) is op}
    nodes = {
        node.id: _emptied(node) if node.id == op.id or node.id in around else node for node in trace.nodes.values()
    }
    return replace(trace, nodes=nodes)


def _emptied(node: Node) -> Node:
    return replace(node, outputs=(), field=None)

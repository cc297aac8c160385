// All that a walk answers in the browser, as JSON, for the test that holds it against Python's own walk.

import { answerWords, partsOf } from "../../../resnet_viz/ui/components/walk_view/js/record/conditions.js";
import { Path } from "../../../resnet_viz/ui/components/walk_view/js/record/folds.js";
import { NetWalks } from "../../../resnet_viz/ui/components/walk_view/js/record/net.js";
import { statementsOf } from "../../../resnet_viz/ui/components/walk_view/js/record/origin.js";

/** @import { WalkPayload, WalkWords } from "../../../resnet_viz/ui/components/payloads.d.ts" */
/** @import { Walk } from "../../../resnet_viz/ui/components/walk_view/js/record/walk.js" */

/** @param {{ payload: WalkPayload, ids: string[], words: WalkWords }} asked */
export function answersOf({ payload, ids, words }) {
  const [walks, again] = [new NetWalks(payload), new NetWalks(payload)];
  return {
    build: walkAnswers(walks.build, again.build, ids, words),
    forward: walkAnswers(walks.forward, again.forward, ids, words),
  };
}

/**
 * `again` is the same walk, asked in another order: what is kept on the way must not change what is answered later.
 *
 * @param {Walk} walk
 * @param {Walk} again
 * @param {string[]} ids
 * @param {WalkWords} words
 */
function walkAnswers(walk, again, ids, words) {
  const all = [...walk.steps.line.keys()];
  const steps = all.map((at) => stepAnswers(walk, at, words));
  const backwards = all.toReversed().map((at) => stepAnswers(again, at, words));
  return {
    steps,
    isSameBackwards: JSON.stringify(steps) === JSON.stringify(backwards.toReversed()),
    statements: Object.fromEntries(ids.map((id) => [id, statementsOf(walk, id)])),
    lines: lineAnswers(walk),
    foldedPath: new Path(walk.length, walk.folds).steps,
    unfoldedPath: new Path(walk.length, []).steps,
  };
}

/**
 * @param {Walk} walk
 * @param {number} at
 * @param {WalkWords} words
 */
function stepAnswers(walk, at, words) {
  const condition = walk.conditionOf(at);
  return {
    where: [walk.fileOf(at), walk.functionOf(at), walk.isCall(at)],
    code: walk.codeOf(at),
    before: [...walk.replay.at(at)],
    after: [...walk.replay.after(at)],
    changes: walk.replay.changesOf(at),
    returned: walk.returnedOf(at),
    answers: condition ? partsOf(condition).map((part) => [part[1], answerWords(words, part)]) : null,
    stack: walk.stackOf(at),
    end: walk.endOf(at),
    over: walk.overOf(at),
    out: walk.outOf(at),
    op: walk.opAt(at),
    part: walk.partOf(at),
  };
}

/** @param {Walk} walk */
function lineAnswers(walk) {
  return [...walk.files.values()].flatMap(({ file, lines }) =>
    lines.map((_text, i) => [walk.stepsAt(file, i + 1), walk.nodesAt(file, i + 1)]),
  );
}

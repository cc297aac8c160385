// What the views of one page know of each other: the one place outside a view that holds anything.

/** @import { GraphMark, GraphMeasure, WalkMarkData } from "../payloads.d.ts" */

/**
 * What is called where a drawing is looked up by its name; `isPreparing` while it reads what nobody has asked for yet.
 *
 * @typedef {object} GraphPart
 * @property {(mark: GraphMark) => void} takeMark
 * @property {() => void} takeMeasure
 * @property {() => void} takeGrowth
 * @property {() => boolean} isBusy
 * @property {boolean} [isPreparing]
 */

/**
 * A code walk, and the places of its parts that stand elsewhere on the page, `side` and `lists`.
 *
 * @typedef {object} WalkPart
 * @property {(mark: WalkMarkData) => void} takeMark
 * @property {(part: string, place: HTMLElement) => void} takePlace
 * @property {() => boolean} isBusy
 */

/**
 * How far a net has come: by id the steps at which a part is begun and is there, the step, and the ids that it makes.
 *
 * @typedef {{ kind: string, at: Record<string, [number, number]>, step: number, ids: string[] }} Growth
 */

/**
 * @typedef {object} PageRegistry
 * @property {Map<string, GraphPart>} views
 * @property {Map<string, GraphMark>} marks
 * @property {Map<string, GraphMeasure>} measures
 * @property {Map<string, WalkPart>} walks
 * @property {Map<string, WalkMarkData>} walkMarks
 * @property {Map<string, Map<string, HTMLElement>>} walkPlaces
 * @property {Map<string, Growth>} growths
 */

export function pageRegistry() {
  const page = /** @type {Window & { resnetVizGraphs?: PageRegistry }} */ (window);
  page.resnetVizGraphs ??= {
    views: new Map(),
    marks: new Map(),
    measures: new Map(),
    walks: new Map(),
    walkMarks: new Map(),
    walkPlaces: new Map(),
    growths: new Map(),
  };
  return page.resnetVizGraphs;
}

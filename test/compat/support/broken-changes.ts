/**
 * One deliberately broken change of each class, as an API's declaration before and after. Every class has operations and
 * types of its own, so that all of them fit into one pair of documents.
 */
import {
  apiVersions,
  declare,
  defineApi,
  param,
  query,
  s,
  type Api,
  type OperationInput,
  type Schema,
} from "@racklet/api-kit";
import type { ChangeClass } from "@racklet/api-kit/wire-diff";

/** What another program, which rates changes by the release that they need, says of it; null: it sees none. */
export type SecondOpinion = "major" | "minor" | "patch" | null;

export interface BrokenChange {
  readonly name: string;
  readonly classes: readonly ChangeClass[];
  readonly secondOpinion: SecondOpinion;
  readonly before: readonly OperationInput[];
  readonly after: readonly OperationInput[];
}

interface Shape {
  readonly path: string;
  readonly getId: string;
  readonly putId: string;
  readonly status: 200 | 201;
  readonly fields: Readonly<Record<string, Schema | ReturnType<typeof s.optional>>>;
  readonly verbose: ReturnType<typeof query.optional<boolean>> | ReturnType<typeof query.required<boolean>>;
  readonly hasPut: boolean;
  readonly summary: string;
}

const FIELDS = {
  id: s.uuid(),
  size: s.u32(),
  colour: s.enum(["red", "green"]),
  note: s.nullable(s.string()),
  weight: s.optional(s.u16(), 7),
};

/** Made anew for each class and side; `change` is what is broken. */
function shapeOf(tag: string, change: (shape: Shape) => Partial<Shape>): readonly OperationInput[] {
  const base: Shape = {
    path: `/${tag}/things/{thing}`,
    getId: `${tag}_get`,
    putId: `${tag}_put`,
    status: 201,
    fields: FIELDS,
    verbose: query.optional(param.bool()),
    hasPut: true,
    summary: "About a thing",
  };
  const shape = { ...base, ...change(base) };
  const thing = s.named(`${tag}Thing`, s.object(shape.fields));
  const common = { path: shape.path, params: { thing: param.uuid() }, summary: shape.summary };
  const get = declare({
    ...common,
    operationId: shape.getId,
    method: "GET",
    query: { verbose: shape.verbose },
    revisions: [{ since: 0, response: thing }],
  });
  const body = s.named(`${tag}ThingUpdate`, s.object(shape.fields));
  const put = declare({
    ...common,
    operationId: shape.putId,
    method: "PUT",
    revisions: [{ since: 0, body, status: shape.status, response: s.null() }],
  });
  return shape.hasPut ? [get, put] : [get];
}

type Change = readonly [name: string, classes: readonly ChangeClass[], SecondOpinion, (shape: Shape) => Partial<Shape>];

const without = (fields: Shape["fields"], name: string): Shape["fields"] =>
  Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name));
const withField = ({ fields }: Shape, name: string, schema: Shape["fields"][string]): Partial<Shape> => ({
  fields: { ...fields, [name]: schema },
});

const CHANGES: readonly Change[] = [
  [
    "a field is removed",
    ["request-breaking", "response-breaking"],
    "major",
    ({ fields }) => ({ fields: without(fields, "size") }),
  ],
  [
    "a required field is added",
    ["request-breaking", "additive"],
    "major",
    (shape) => withField(shape, "owner", s.string()),
  ],
  ["an optional field is added", ["additive"], "minor", (shape) => withField(shape, "owner", s.optional(s.string()))],
  [
    "an optional field becomes required",
    ["request-breaking", "additive", "trivial"],
    "major",
    (shape) => withField(shape, "weight", s.u16()),
  ],
  [
    "a required field becomes optional",
    ["response-breaking", "additive"],
    "major",
    (shape) => withField(shape, "size", s.optional(s.u32())),
  ],
  ["a type is narrowed", ["breaking"], "major", (shape) => withField(shape, "size", s.u8())],
  ["a type is replaced", ["breaking"], "major", (shape) => withField(shape, "size", s.string())],
  [
    "a text is restricted",
    ["breaking"],
    "major",
    (shape) => withField(shape, "note", s.nullable(s.string({ pattern: "^a" }))),
  ],
  [
    "a value of an enumeration is removed",
    ["request-breaking", "additive"],
    "major",
    (shape) => withField(shape, "colour", s.enum(["red"])),
  ],
  [
    "a value of an enumeration is added",
    ["response-breaking", "additive"],
    "major",
    (shape) => withField(shape, "colour", s.enum(["red", "green", "blue"])),
  ],
  [
    "null is no longer allowed",
    ["request-breaking", "additive"],
    "major",
    (shape) => withField(shape, "note", s.string()),
  ],
  [
    "null becomes possible",
    ["response-breaking", "additive"],
    "major",
    (shape) => withField(shape, "size", s.nullable(s.u32())),
  ],
  ["the status of a success changes", ["response-breaking"], "major", () => ({ status: 200 })],
  ["an operation is removed", ["breaking"], "major", () => ({ hasPut: false })],
  ["an operation is renamed", ["breaking"], "major", ({ getId }) => ({ getId: `${getId}_one` })],
  ["a path is renamed", ["additive", "breaking"], "major", ({ path }) => ({ path: path.replace("things", "objects") })],
  ["a parameter becomes required", ["request-breaking"], "major", () => ({ verbose: query.required(param.bool()) })],
  ["a default changes", ["trivial"], "patch", (shape) => withField(shape, "weight", s.optional(s.u16(), 8))],
  ["only the words change", ["trivial"], "patch", () => ({ summary: "Concerning a thing" })],
];

export const BROKEN: readonly BrokenChange[] = CHANGES.map(([name, classes, secondOpinion, change], i) => {
  const tag = tagOf(i);
  return { name, classes, secondOpinion, before: shapeOf(tag, () => ({})), after: shapeOf(tag, change) };
});

/** First segment of the paths of the class at this place in the list. */
export function tagOf(index: number): string {
  return `c${String(index + 1).padStart(2, "0")}`;
}

export function apiOf(operations: readonly OperationInput[]): Api {
  return defineApi({
    ident: "shelf",
    title: "Shelf",
    description: "Things.",
    versions: apiVersions([[1, "INITIAL"]]),
    onMissing: "refuse",
    bodyLimit: 1024,
    operations: Object.fromEntries(operations.map((operation) => [operation.operationId, operation])),
  });
}

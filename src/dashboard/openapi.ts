import * as z from 'zod';
import type { Route } from './routes.ts';
import { PROBLEM } from './schemas/parts.ts';

/** Where the description can be asked for. */
export const DESCRIPTION_PATH = '/api/v1/openapi.json';

/** The description of everything that can be asked for, OpenAPI 3.1. `secured`: the token is asked for. */
export function openApi(routes: readonly Route[], version: string, secured: boolean) {
  const own = { get: operation(DESCRIPTION, null) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'novatrail dashboard',
      version,
      description: 'What a store of live migrations shows. It only reads; every path answers GET and HEAD.',
    },
    paths: Object.fromEntries([
      ...routes.map((route) => [route.path, { get: operation(route, route.schema) }]),
      [DESCRIPTION_PATH, own],
    ]),
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: secured ? [{ token: [] }] : [],
  };
}

const DESCRIPTION = {
  name: 'description',
  about: 'this description',
  type: 'application/json',
} as const;

function operation(
  { name, about, type, parts = {}, problems = {} }: Omit<Route, 'path' | 'schema' | 'answer'>,
  schema: z.ZodType | null,
) {
  const others = { ...problems, ...ALWAYS };
  return {
    operationId: name,
    summary: about,
    parameters: Object.entries(parts).map(([part, description]) => {
      return { name: part, in: 'path', required: true, description, schema: { type: 'string' } };
    }),
    responses: {
      200: { description: about, content: { [type]: schema === null ? {} : { schema: jsonSchema(schema) } } },
      ...Object.fromEntries(Object.entries(others).map(([status, description]) => [status, problem(description)])),
    },
  };
}

/** Problems that any request may meet. */
const ALWAYS: Readonly<Record<number, string>> = {
  401: 'the token is missing or wrong',
  421: 'asked by a name that is not its own',
  500: 'the store cannot be read',
};

function problem(description: string) {
  return { description, content: { 'application/json': { schema: jsonSchema(PROBLEM) } } };
}

/** Each schema carries its parts with it: they are few, and a reader of one path needs no other. */
function jsonSchema(schema: z.ZodType) {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

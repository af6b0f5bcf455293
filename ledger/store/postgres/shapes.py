"""The shape of each topic's data, as the trigger of a log on PostgreSQL checks it.

An event that no reader can decode would stop every command for good. The shapes are the JSON schemas of the event
definitions, without what is for people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from domain.events.topics import TOPICS
from ledger.log.codec import Envelope

_KEPT = ("type", "enum", "pattern", "minimum", "maximum", "exclusiveMaximum", "required")
_LEFT_OUT = {"title", "description", "default", "additionalProperties", "$defs"}
_MONTH = "^(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])$"
_PARTS = {"$ref", "anyOf", "items", "properties"}

FITS = """
CREATE OR REPLACE FUNCTION {fits}(said json, shape jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $fits$
DECLARE
    kind text := json_typeof(said);
    told text;
BEGIN
    IF shape IS NULL THEN
        RETURN false;
    ELSIF shape ? 'anyOf' THEN
        RETURN EXISTS (SELECT FROM jsonb_array_elements(shape -> 'anyOf') AS one (shape) WHERE {fits}(said, one.shape));
    ELSIF NOT shape ? 'type' AND NOT shape ? 'enum' THEN
        RETURN true;
    ELSIF kind <> COALESCE(replace(shape ->> 'type', 'integer', 'number'), 'string') THEN
        RETURN false;
    ELSIF kind = 'array' THEN
        RETURN NOT EXISTS (SELECT FROM json_array_elements(said) AS one (item)
                           WHERE NOT {fits}(one.item, COALESCE(shape -> 'items', '{{}}')));
    ELSIF kind = 'object' THEN
        RETURN (SELECT COUNT(*) = COUNT(DISTINCT name)
                   AND COALESCE(bool_and({fits}(item, shape -> 'properties' -> name)), true)
                FROM json_each(said) AS given (name, item))
            AND NOT EXISTS (SELECT FROM jsonb_array_elements_text(COALESCE(shape -> 'required', '[]')) AS needed (name)
                            WHERE said -> needed.name IS NULL);
    END IF;
    told := said #>> '{{}}';
    IF kind = 'string' THEN
        RETURN COALESCE(shape -> 'enum' ? told, true) AND COALESCE(told ~ (shape ->> 'pattern'), true);
    ELSIF kind = 'number' THEN
        IF told !~ '^-?[0-9]{{1,18}}$' THEN
            RETURN false;
        END IF;
        RETURN COALESCE(told::bigint >= (shape ->> 'minimum')::bigint, true)
            AND COALESCE(told::bigint <= (shape ->> 'maximum')::bigint, true)
            AND COALESCE(told::bigint < (shape ->> 'exclusiveMaximum')::bigint, true);
    END IF;
    RETURN true;
END $fits$;
"""
"""The function that says whether a value has a shape; no value has the shape NULL, of a member that is not known.

It runs with the names of the trigger that calls it: a setting of its own would cost more than the check.
"""


Schema = dict[str, object]
"""A JSON schema or a part of one, as msgspec makes it."""


def shapes() -> Iterator[tuple[str, str]]:
    """Each topic with the shape of its data, as JSON."""
    for topic, kind in TOPICS.items():
        yield topic, _json(_shape_of(kind))


def envelope_shape() -> str:
    """The shape of a state, with any data, as JSON."""
    return _json(_shape_of(Envelope[Any]))


def _shape_of(kind: Any) -> Schema:
    schema = msgspec.json.schema(kind)
    return _shape(schema, schema["$defs"])


def _json(shape: Schema) -> str:
    return json.dumps(shape, separators=(",", ":"), sort_keys=True)


def _shape(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """A JSON schema with its references resolved. Raises ValueError for one that the server would not check."""
    unknown = schema.keys() - {*_KEPT, *_LEFT_OUT, *_PARTS}
    if unknown:
        raise ValueError(f"no shape has {unknown}")
    if "$ref" in schema:
        return _shape(definitions[str(schema["$ref"]).rpartition("/")[2]], definitions)
    made: Schema = {name: schema[name] for name in _KEPT if name in schema}
    if "anyOf" in schema:
        made["anyOf"] = [_shape(one, definitions) for one in cast(list[Schema], schema["anyOf"])]
    if "items" in schema:
        made["items"] = _shape(cast(Schema, schema["items"]), definitions)
    if "properties" in schema:
        made["properties"] = {
            name: _member(name, _shape(one, definitions))
            for name, one in cast(dict[str, Schema], schema["properties"]).items()
        }
    return made


def _member(name: str, shape: Schema) -> Schema:
    """The shape of a member; a month is a text that only the fold of an event checks."""
    return {**shape, "pattern": _MONTH} if name == "month" or name.endswith("_month") else shape

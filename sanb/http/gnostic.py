"""OpenAPI version 2 in gnostic's protobuf, the only form that kubectl up to about 1.26 asks for.

The field numbers are those of gnostic's OpenAPIv2.proto, as far as the documents here need them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from sanb.values import Obj

MESSAGES: Final[Mapping[str, str]] = {
    "Document": "swagger:1 info:2:Info paths:8:Paths definitions:9:Definitions",
    "Info": "title:1 version:2",
    "Paths": "path:2:*NamedPathItem",
    "NamedPathItem": "name:1 value:2:PathItem",
    "PathItem": "get:2:Operation put:3:Operation post:4:Operation delete:5:Operation patch:8:Operation",
    "Operation": "tags:1:*string description:3 operationId:5 produces:6:*string consumes:7:*string "
    "parameters:8:*ParametersItem responses:9:Responses schemes:10:*string extension:13:*NamedAny",
    "ParametersItem": "parameter:1:Parameter",
    "Parameter": "body:1:BodyParameter other:2:NonBodyParameter",
    "BodyParameter": "name:2 in:3 required:4:bool schema:5:Schema",
    "NonBodyParameter": "query:3:QueryParameter",
    "QueryParameter": "in:2 name:4 type:6 uniqueItems:20:bool",
    "Responses": "code:1:*NamedResponseValue",
    "NamedResponseValue": "name:1 value:2:ResponseValue",
    "ResponseValue": "response:1:Response",
    "Response": "description:1 schema:2:SchemaItem",
    "SchemaItem": "schema:1:Schema",
    "Definitions": "additional:1:*NamedSchema",
    "Properties": "additional:1:*NamedSchema",
    "NamedSchema": "name:1 value:2:Schema",
    "Schema": "ref:1 format:2 description:4 required:19:*string additional:21:AdditionalPropertiesItem "
    "type:22:TypeItem items:23:ItemsItem properties:25:Properties extension:31:*NamedAny",
    "AdditionalPropertiesItem": "schema:1:Schema",
    "TypeItem": "value:1:*string",
    "ItemsItem": "schema:1:*Schema",
    "NamedAny": "name:1 value:2:Any",
    "Any": "yaml:2",
}
"""Message -> its fields, `name:number:type`; `*` before a type repeats it, without a type it is a text."""
PACKAGE: Final = "openapi.v2"
_F: Final = descriptor_pb2.FieldDescriptorProto
SCALARS: Final = {"string": _F.TYPE_STRING, "bool": _F.TYPE_BOOL}
METHODS: Final = ("get", "put", "post", "delete", "patch")


@lru_cache(maxsize=1)
def _document() -> Any:
    """The class of a document."""
    file = descriptor_pb2.FileDescriptorProto(name="openapi_v2.proto", package=PACKAGE, syntax="proto3")
    for name, text in MESSAGES.items():
        message = file.message_type.add(name=name)
        for part in text.split():
            field, number, kind = (*part.split(":"), "string")[:3]
            label = _F.LABEL_REPEATED if kind.startswith("*") else _F.LABEL_OPTIONAL
            row = message.field.add(name=field, number=int(number), label=label)
            kind = kind.removeprefix("*")
            if kind in SCALARS:
                row.type = SCALARS[kind]
            else:
                row.type, row.type_name = _F.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.Document"))


def encode(document: Obj) -> bytes:
    """A document of OpenAPI version 2 as bytes."""
    found = _document()()
    found.swagger = document["swagger"]
    found.info.title, found.info.version = document["info"]["title"], document["info"]["version"]
    for path, item in document["paths"].items():
        entry = found.paths.path.add(name=path)
        for method in METHODS:
            if method in item:
                _operation(getattr(entry.value, method), item[method])
    for name, schema in document["definitions"].items():
        _schema(found.definitions.additional.add(name=name).value, schema)
    content: bytes = found.SerializeToString(deterministic=True)
    return content


def _operation(target: Any, operation: Obj) -> None:
    target.description, target.operationId = operation["description"], operation["operationId"]
    for field in ("tags", "produces", "consumes", "schemes"):
        getattr(target, field).extend(operation[field])
    for parameter in operation["parameters"]:
        _parameter(target.parameters.add().parameter, parameter)
    for code, response in operation["responses"].items():
        value = target.responses.code.add(name=code).value.response
        value.description = response["description"]
        _schema(value.schema.schema, response["schema"])
    _extensions(target, operation)


def _parameter(target: Any, parameter: Obj) -> None:
    if parameter["in"] == "body":
        target.body.name, target.body.required = parameter["name"], parameter["required"]
        setattr(target.body, "in", "body")
        _schema(target.body.schema, parameter["schema"])
        return
    query = target.other.query
    query.name, query.type, query.uniqueItems = parameter["name"], parameter["type"], True
    setattr(query, "in", parameter["in"])


def _schema(target: Any, schema: Obj) -> None:
    target.ref = schema.get("$ref", "")
    target.format, target.description = schema.get("format", ""), schema.get("description", "")
    target.required.extend(schema.get("required", ()))
    if "type" in schema:
        target.type.value.append(schema["type"])
    if "items" in schema:
        _schema(target.items.schema.add(), schema["items"])
    if "additionalProperties" in schema:
        _schema(target.additional.schema, schema["additionalProperties"])
    for name, inner in schema.get("properties", {}).items():
        _schema(target.properties.additional.add(name=name).value, inner)
    _extensions(target, schema)


def _extensions(target: Any, source: Obj) -> None:
    """What begins with x-; its value is YAML, of which JSON is a part."""
    for name in sorted(source):
        if name.startswith("x-"):
            target.extension.add(name=name).value.yaml = json.dumps(source[name])

"""Asks a server everything the protocol promises; ends with the line `all good`, or with a traceback."""

import asyncio
import os
import ssl
import sys

from rpc_client import RpcClient, RpcError

SIMPLE_TYPES = {"null", "boolean", "integer", "number", "string", "array", "object"}


async def expect_error(code, awaitable):
    try:
        await awaitable
    except RpcError as error:
        assert error.code == code, f"expected {code}, got {error.code}"
        return error
    raise AssertionError(f"expected the error {code}")


def check_schema(schema):
    """rpc§8.1: the forms a strict reader takes."""
    assert isinstance(schema, dict)
    for keyword in ("title", "description"):
        assert isinstance(schema.get(keyword, "x"), str) and schema.get(keyword, "x") != ""
    if "type" in schema:
        assert schema["type"] in SIMPLE_TYPES, schema
    for flag in ("readOnly", "writeOnly"):
        assert schema.get(flag, True) is True
    if "oneOf" in schema:
        assert "type" not in schema
        for alternative in schema["oneOf"]:
            check_schema(alternative)
    if "items" in schema:
        check_schema(schema["items"])
    for count in ("minItems", "maxItems"):
        assert isinstance(schema.get(count, 0), int)
    for member in schema.get("properties", {}).values():
        check_schema(member)
    required = schema.get("required", ["x"])
    assert required and all(isinstance(name, str) for name in required)
    additional = schema.get("additionalProperties", False)
    assert additional is False or isinstance(additional, dict)
    if isinstance(additional, dict):
        check_schema(additional)


async def check_introspection(client):
    names = await client.request("registry")
    assert names == await client.request("registry")
    assert len(set(names)) == len(names)
    assert {"registry", "schema", "get-version", "cancel"} <= set(names)
    for name in names:
        schema = await client.request("schema", {"endpoint": name})
        assert schema["title"] == name
        assert isinstance(schema["plugin"], str) and isinstance(schema["description"], str)
        assert isinstance(schema["async"], bool) and isinstance(schema["deprecated"], bool)
        for part in ("params", "returns"):
            if part in schema:
                check_schema(schema[part])
    await expect_error(-32601, client.request("schema", {"endpoint": "no-such-method"}))
    error = await expect_error(-32602, client.request("schema"))
    assert all(isinstance(line, str) for line in error.data)
    version = await client.request("get-version")
    assert sorted(version) == ["major", "minor", "patch", "revision"]


async def check_progress(client):
    task = await client.task("slow", {"steps": 10, "pause": 1})
    result, payload = await task.reply
    assert (result, payload) == ("done", b"")
    amounts = [amount for _, amount in task.progress]
    assert amounts == sorted(amounts) and len(amounts) == 10 and amounts[-1] == 1
    assert {operation for operation, _ in task.progress} == {"Working"}


async def check_cancel(client):
    task = await client.task("slow", {"steps": 100000})
    await asyncio.wait_for(task.started, 60)
    assert await client.cancel(task) is None
    await expect_error(20, task.reply)
    await expect_error(-32602, client.cancel(task))
    kept = await client.task("wait", {"milliseconds": 20})
    await expect_error(-32602, client.cancel(kept))
    assert (await kept.reply)[0] == "waited"


async def check_binary(client):
    for size in (1, 1000, 1048576):
        payload = os.urandom(size)
        result, echoed = await client.execute("echo-binary", binary=payload)
        assert result == {"size": size} and echoed == payload
    result, echoed = await client.execute("sum", [1, 2], binary=b"ignored")
    assert (result, echoed) == (3, b"")
    await expect_error(1234, client.execute("app-error", binary=b"x"))


async def check_errors(client):
    await expect_error(-32601, client.request("no-such-method"))
    await expect_error(-32602, client.request("nothing", {}))
    await expect_error(-32602, client.request("subtract", {"minuend": "x"}))
    await expect_error(-32603, client.request("crash"))
    await expect_error(0, client.request("plain-error"))
    error = await expect_error(1234, client.request("app-error"))
    assert error.data == {"reason": "asked for"}
    assert not client.general_errors
    await client.send_raw("not json")
    await client.send_raw(b"\x01")
    await client.send_raw('{"jsonrpc": "2.0"}')
    assert await client.request("subtract", [42, 23]) == 19
    assert [failure.code for failure in client.general_errors] == [-32700, -32700, -32600]


async def check_pipeline(client):
    tasks = [await client.task("sum", [number, 1]) for number in range(150)]
    assert [(await task.reply)[0] for task in tasks] == list(range(1, 151))


async def main():
    uri = sys.argv[1]
    context = ssl.create_default_context(cafile=sys.argv[2]) if len(sys.argv) > 2 else None
    async with RpcClient(uri, context) as client:
        for check in (
            check_introspection,
            check_progress,
            check_cancel,
            check_binary,
            check_errors,
            check_pipeline,
        ):
            await check(client)
            print(check.__name__)
    print("all good")


asyncio.run(main())

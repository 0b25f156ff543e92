"""The other side of the tests of interoperability: the official Python client writes values, and reads what was written.

usage: interop.py write|read|listen ADDRESS CLUSTER
"""

import datetime as dt
import queue
import sys
import uuid
from decimal import Decimal

from hazelcast import HazelcastClient
from hazelcast.config import IntType
from hazelcast.core import HazelcastJsonValue
from hazelcast.proxy.base import EntryEventType
from hazelcast.serialization.api import CompactSerializer, Portable

UTC2 = dt.timezone(dt.timedelta(hours=2))
DATE = dt.date(2024, 2, 29)
TIME = dt.time(1, 2, 3, 4000)
STAMP = dt.datetime(2024, 2, 29, 1, 2, 3, 4000)
STAMP_TZ = STAMP.replace(tzinfo=UTC2)
DECIMAL = Decimal("-12.34")


class Inner:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n


class InnerSerializer(CompactSerializer):
    def read(self, reader):
        return Inner(reader.read_int32("n"))

    def write(self, writer, value):
        writer.write_int32("n", value.n)

    def get_type_name(self):
        return "Inner"

    def get_class(self):
        return Inner


# Kind as the client names it, and a value; fields are named after kinds.
SINGLE = {
    "string": "héllo",
    "decimal": DECIMAL,
    "time": TIME,
    "date": DATE,
    "timestamp": STAMP,
    "timestamp_with_timezone": STAMP_TZ,
    "compact": Inner(5),
}
NUMBERS = {
    "boolean": True,
    "int8": -7,
    "int16": 300,
    "int32": 70000,
    "int64": 1 << 40,
    "float32": 1.5,
    "float64": 2.25,
}
# An array that is longer than 255 bytes has a table of another width.
LONG = ["x" * 100, None, "y" * 100, "z" * 100]


def fields(has_values):
    """Kind, name, value; where it may be null it is so without values."""
    for kind, value in NUMBERS.items():
        yield kind, kind, value
        yield "nullable_" + kind, "nullable_" + kind, value if has_values else None
        yield "array_of_" + kind, "array_of_" + kind, [value] * 10 if has_values else None
        nullable = "array_of_nullable_" + kind
        yield nullable, nullable, [value, None, value] if has_values else None
    for kind, value in SINGLE.items():
        yield kind, kind, value if has_values else None
        yield "array_of_" + kind, "array_of_" + kind, [value, None] if has_values else None
    yield "array_of_string", "long", LONG if has_values else None


class Everything:
    def __init__(self, values):
        self.values = values


class EverythingSerializer(CompactSerializer):
    def read(self, reader):
        read = {name: getattr(reader, "read_" + kind)(name) for kind, name, _ in fields(True)}
        return Everything(read)

    def write(self, writer, value):
        # Values of variable size lie in the order in which they are written.
        for kind, name, _ in fields(True):
            getattr(writer, "write_" + kind)(name, value.values[name])

    def get_type_name(self):
        return "Everything"

    def get_class(self):
        return Everything


# A struct that serde knows, in the order of its fields: name, kind, value.
PAYMENT = [
    ("card", "string", "4111"),
    ("amount", "float64", 9.5),
    ("shop", "nullable_int32", 7),
    ("nobody", "nullable_int64", None),
    ("count", "int64", 4_000_000_000),
    ("small", "int16", 200),
    ("is_good", "boolean", True),
    ("color", "string", "DarkBlue"),
    ("raw", "array_of_int8", [1, 2, -1]),
    ("tags", "array_of_string", ["a", None]),
    ("numbers", "array_of_nullable_int32", [1, None, 3]),
    ("point", "array_of_float64", [1.0, 2.0]),
    ("empty", "array_of_int32", []),
    ("inner", "compact", Inner(5)),
    ("inners", "array_of_compact", [Inner(6), Inner(7)]),
    ("no_inner", "compact", None),
]


class Payment:
    def __init__(self, values):
        self.values = values


class PaymentSerializer(CompactSerializer):
    def read(self, reader):
        return Payment({name: getattr(reader, "read_" + kind)(name) for name, kind, _ in PAYMENT})

    def write(self, writer, value):
        for name, kind, _ in PAYMENT:
            getattr(writer, "write_" + kind)(name, value.values[name])

    def get_type_name(self):
        return "com.example.Payment"

    def get_class(self):
        return Payment


class InnerPortable(Portable):
    def __init__(self, n=0):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def get_factory_id(self):
        return 1

    def get_class_id(self):
        return 1

    def write_portable(self, writer):
        writer.write_int("n", self.n)

    def read_portable(self, reader):
        self.n = reader.read_int("n")


PORTABLE = {
    "byte": 7,
    "boolean": True,
    "char": "x",
    "short": 300,
    "int": 70000,
    "long": 1 << 40,
    "float": 1.5,
    "double": 2.25,
    "string": "héllo",
    "decimal": DECIMAL,
    "time": TIME,
    "date": DATE,
    "timestamp": STAMP,
    "timestamp_with_timezone": STAMP_TZ,
}


def portable_fields():
    for kind, value in PORTABLE.items():
        yield kind, kind, value
        yield kind + "_array", kind + "_array", [value, value, value]
    yield "string", "null_string", None
    yield "int_array", "null_array", None


class EverythingPortable(Portable):
    def __init__(self):
        self.values = {}

    def get_factory_id(self):
        return 1

    def get_class_id(self):
        return 2

    def write_portable(self, writer):
        for kind, name, value in portable_fields():
            getattr(writer, "write_" + kind)(name, bytearray(value) if kind == "byte_array" else value)
        writer.write_portable("inner", InnerPortable(5))
        writer.write_null_portable("no_inner", 1, 1)
        writer.write_portable_array("inners", [InnerPortable(6), InnerPortable(7)])

    def read_portable(self, reader):
        for kind, name, _ in portable_fields():
            self.values[name] = getattr(reader, "read_" + kind)(name)
        self.values["inner"] = reader.read_portable("inner")
        self.values["no_inner"] = reader.read_portable("no_inner")
        self.values["inners"] = reader.read_portable_array("inners")


PLAIN = {
    "boolean": True,
    "byte": 7,
    "short": 300,
    "int": 70000,
    "long": 1 << 40,
    "big": 1 << 77,
    "double": 2.25,
    "string": "héllo",
    "bytes": bytearray(b"\x01\x02\xff"),
    "list": ["a", 7, None],
    "uuid": uuid.UUID("01234567-89ab-cdef-0123-456789abcdef"),
    "decimal": DECIMAL,
    "date": DATE,
    "time": TIME,
    "timestamp_with_timezone": STAMP_TZ,
    "json": HazelcastJsonValue('{"a": 1}'),
}
# What this client reads, but never writes.
READ_ONLY = {
    "char": "é",
    "float": 1.5,
    "timestamp": STAMP,
    "booleans": [True, False],
    "chars": ["a", "é"],
    "shorts": [300, -300],
    "ints": [70000, -1],
    "longs": [1 << 40, -1],
    "floats": [1.5, -0.25],
    "doubles": [2.25, -0.125],
    "strings": ["héllo", None, ""],
}
# Longer than anything takes on a slow machine.
PATIENCE = 60


def check(name, found, expected):
    if isinstance(found, HazelcastJsonValue):
        found, expected = found.to_string(), expected.to_string()
    if isinstance(expected, (list, bytearray)):
        found = None if found is None else list(found)
        expected = list(expected)
    if found != expected:
        raise SystemExit(f"{name}: {found!r}, not {expected!r}")


def write(client):
    values = client.get_map("from-python").blocking()
    for name, value in PLAIN.items():
        values.put(name, value)
    for name, has_values in [("full", True), ("empty", False)]:
        everything = {field: value for _, field, value in fields(has_values)}
        values.put("compact-" + name, Everything(everything))
    values.put("portable", EverythingPortable())
    values.put("serde", Payment({name: value for name, _, value in PAYMENT}))
    client.get_queue("q1").blocking().offer("from python")
    client.get_topic("t1").blocking().publish("from python")
    client.get_reliable_topic("r1").blocking().publish("from python")
    client.get_ringbuffer("b1").blocking().add("from python")
    client.get_replicated_map("p1").blocking().put("k", "from python")
    client.get_list("l1").blocking().add_all(["from", "python"])
    client.get_set("s1").blocking().add("from python")
    for value in ["from", "python"]:
        client.get_multi_map("m1").blocking().put("k", value)


def read(client):
    values = client.get_map("from-rust").blocking()
    for name, value in (PLAIN | READ_ONLY).items():
        check(name, values.get(name), value)
    for name, has_values in [("full", True), ("empty", False)]:
        found = values.get("compact-" + name)
        for _, field, value in fields(has_values):
            check(f"{name}.{field}", found.values[field], value)
    found = values.get("portable").values
    for _, field, value in portable_fields():
        check(field, found[field], value)
    check("inner", found["inner"].n, 5)
    check("no_inner", found["no_inner"], None)
    check("queue", client.get_queue("q2").blocking().poll(), "from rust")
    check("ringbuffer", client.get_ringbuffer("b2").blocking().read_one(0), "from rust")
    reliable = client.get_ringbuffer("_hz_rb_r2").blocking().read_one(0)
    check("reliable topic", client._context.serialization_service.to_object(reliable.payload), "from rust")
    check("replicated map", client.get_replicated_map("p2").blocking().get("k"), "from rust")
    check("list", client.get_list("l2").blocking().get_all(), ["from", "rust"])
    check("set", client.get_set("s2").blocking().get_all(), ["from rust"])
    check("multimap", sorted(client.get_multi_map("m2").blocking().get("k")), ["from", "rust"])
    check("inners", [inner.n for inner in found["inners"]], [6, 7])
    found = values.get("serde").values
    for name, _, value in PAYMENT:
        check(name, found[name], value)


def listen(client):
    """Says when it listens, and then waits for what the other side does."""
    told = queue.Queue()

    def changed(event):
        told.put(("map", event.event_type, event.key, event.value, event.old_value))

    heard = client.get_map("heard").blocking()
    heard.add_entry_listener(
        include_value=True, added_func=changed, updated_func=changed, removed_func=changed
    )
    jobs = client.get_queue("heard").blocking()
    jobs.add_listener(include_value=True, item_added_func=lambda event: told.put(("queue", event.item)))
    client.get_topic("heard").blocking().add_listener(lambda event: told.put(("topic", event.message)))
    reliable = client.get_reliable_topic("heard").blocking()
    reliable.add_listener(lambda event: told.put(("reliable", event.message)))
    replicated = client.get_replicated_map("heard").blocking()
    replicated.add_entry_listener(added_func=lambda event: told.put(("replicated", event.key, event.value)))
    heard.put("ready", True)
    expected = [
        ("map", EntryEventType.ADDED, "ready", True, None),
        ("map", EntryEventType.ADDED, "a", 1, None),
        ("map", EntryEventType.UPDATED, "a", 2, 1),
        ("map", EntryEventType.REMOVED, "a", None, 2),
        ("queue", "job"),
        ("topic", "news"),
        ("reliable", "news"),
        ("replicated", "k", "v"),
    ]
    found = [told.get(timeout=PATIENCE) for _ in expected]
    # Each kind comes in its order, and one beside the other.
    check("events", sorted(found, key=lambda event: event[0]), sorted(expected, key=lambda event: event[0]))


def main():
    _, task, address, cluster = sys.argv
    client = HazelcastClient(
        cluster_name=cluster,
        cluster_members=[address],
        default_int_type=IntType.VAR,
        compact_serializers=[InnerSerializer(), EverythingSerializer(), PaymentSerializer()],
        portable_factories={1: {1: InnerPortable, 2: EverythingPortable}},
    )
    {"write": write, "read": read, "listen": listen}[task](client)
    client.shutdown()
    print("done")


main()

"""The measurements of examples/speed.rs, made by the official Python client. Arguments: address, cluster name."""

import random
import sys
import time

import hazelcast

KEYS, SIZE, BULK, SINGLES, BULKS = 10_000, 256, 1_000, 5_000, 40


def latency(count, call):
    """Calls something so often; half of the calls take no longer, in microseconds."""
    times = []
    for i in range(count):
        started = time.perf_counter_ns()
        call(i)
        times.append(time.perf_counter_ns() - started)
    return sorted(times)[count // 2] / 1000


client = hazelcast.HazelcastClient(cluster_members=[sys.argv[1]], cluster_name=sys.argv[2])
m = client.get_map("speed-python").blocking()
value = "\0" * SIZE


def key(i):
    return f"key-{i % KEYS}"


m.put_all({key(i): value for i in range(KEYS)})
latency(SINGLES // 4, lambda i: m.get(key(i)))
print(f"set_us {latency(SINGLES, lambda i: m.set(key(i * 7919), value)):.1f}")
print(f"get_us {latency(SINGLES, lambda i: m.get(key(i * 7919))):.1f}")


def some():
    return [key(random.randrange(KEYS)) for _ in range(BULK)]


print(f"put_all_us {latency(BULKS, lambda _: m.put_all({k: value for k in some()})):.1f}")
print(f"get_all_us {latency(BULKS, lambda _: m.get_all(some())):.1f}")
client.shutdown()

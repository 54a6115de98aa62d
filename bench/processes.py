#!/usr/bin/env python3
"""Measures whole processes: the native `ploy` beside `psql` and, with PLOY_ORACLE, the reference engine's process.

Commands of one size take turns, so that a busy minute slows all of them. Shown: median and least wall time, peak resident memory.
    ./x aot && PLOY_ORACLE=FOLDER ./x bench processes [--runs N] [--sizes 25,500,5000] [--ploy PATH]
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def run(command, expected):
    """Wall seconds and peak resident KiB of one process."""
    null = os.open(os.devnull, os.O_RDWR)
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    os.close(null)
    code = os.waitstatus_to_exitcode(status)
    if code != expected:
        sys.exit(f"{' '.join(command)} ended with {code} instead of {expected}")
    return seconds, usage.ru_maxrss


def compare(title, commands, runs):
    """Prints one line for each command, the first being what the others are compared with."""
    results = {name: [] for name, _, _ in commands}
    for _ in range(runs):
        for name, command, expected in commands:
            results[name].append(run(command, expected))
    base = statistics.median(seconds for seconds, _ in results[commands[0][0]])
    for name, _, _ in commands:
        wall = [seconds for seconds, _ in results[name]]
        memory = max(kib for _, kib in results[name]) / 1024
        median = statistics.median(wall)
        print(f"| {title} | {name} | {median * 1000:.1f} | {min(wall) * 1000:.1f} | {median / base:.1f} | {memory:.0f} |", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--ploy", default=os.path.join(ROOT, "artifacts/publish/Ploy.Cli/release/ploy"))
    arguments.add_argument("--runs", type=int, default=11)
    arguments.add_argument("--sizes", default="25,500,5000")
    options = arguments.parse_args()
    if not os.access(options.ploy, os.X_OK):
        sys.exit(f"{options.ploy} is not there: run ./x aot first.")
    ploy = os.path.abspath(options.ploy)
    oracle = os.environ.get("PLOY_ORACLE")
    engine = ["node", os.path.join(oracle, "oracle.mjs")] if oracle else None

    work = tempfile.mkdtemp(prefix="ploy-bench-")
    bench = os.path.join(ROOT, "artifacts/bin/Ploy.Bench/release/Ploy.Bench")
    subprocess.run([bench, "write", work], check=True)
    os.chdir(work)
    print("| what | program | median ms | least ms | times ploy | peak MiB |")
    print("|---|---|---:|---:|---:|---:|")
    start = [("ploy --version", [ploy, "--version"], 0)]
    if shutil.which("psql"):
        start.append(("psql --version", ["psql", "--version"], 0))
    compare("start", start, max(options.runs, 30))
    for size in options.sizes.split(","):
        before, after = f"{size}/before", f"{size}/after"
        commands = [("ploy", [ploy, "validate", "--schema", before], 0)]
        if engine:
            commands.append(("engine", [*engine, "validate", before], 0))
        compare(f"validate, {size} models", commands, options.runs)
        commands = [("ploy", [ploy, "migrate", "diff", "--from-schema", before, "--to-schema", after, "--script"], 0)]
        if engine:
            commands.append(("engine", [*engine, "diff", "--from", before, "--to", after, "--script"], 0))
        compare(f"diff, {size} models", commands, options.runs)
    shutil.rmtree(work)


main()

#!/usr/bin/env python3
"""Measures whole processes: the native `ploy` beside `psql` and, with PLOY_ORACLE, the reference engine's process.

Commands of one size take turns, so that a busy minute slows all of them. Shown: median and least wall time, peak resident memory.
    ./x aot && PLOY_ORACLE=FOLDER ./x bench processes [--runs N] [--sizes 25,500,5000] [--ploy PATH]
"""
import argparse
import os
import shutil
import subprocess
import tempfile

from measure import PLOY, ROOT, Table, native, run


def compare(table, title, commands, runs):
    """One line for each command, the first being what the others are compared with."""
    results = {name: [] for name, _ in commands}
    for _ in range(runs):
        for name, command in commands:
            results[name].append(run(command, os.getcwd()))
    table.show(title, results)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--ploy", default=PLOY)
    arguments.add_argument("--runs", type=int, default=11)
    arguments.add_argument("--sizes", default="25,500,5000")
    options = arguments.parse_args()
    ploy = native(options.ploy)
    oracle = os.environ.get("PLOY_ORACLE")
    engine = ["node", os.path.join(oracle, "oracle.mjs")] if oracle else None

    work = tempfile.mkdtemp(prefix="ploy-bench-")
    bench = os.path.join(ROOT, "artifacts/bin/Ploy.Bench/release/Ploy.Bench")
    subprocess.run([bench, "write", work], check=True)
    os.chdir(work)
    table = Table("ploy")
    start = [("ploy --version", [ploy, "--version"])]
    if shutil.which("psql"):
        start.append(("psql --version", ["psql", "--version"]))
    compare(table, "start", start, max(options.runs, 30))
    for size in options.sizes.split(","):
        before, after = f"{size}/before", f"{size}/after"
        commands = [("ploy", [ploy, "validate", "--schema", before])]
        if engine:
            commands.append(("engine", [*engine, "validate", before]))
        # What takes seconds is run less often.
        runs = options.runs if int(size) < 5000 else max(3, options.runs // 2)
        compare(table, f"validate, {size} models", commands, runs)
        commands = [("ploy", [ploy, "migrate", "diff", "--from-schema", before, "--to-schema", after, "--script"])]
        if engine:
            commands.append(("engine", [*engine, "diff", "--from", before, "--to", after, "--script"]))
        compare(table, f"diff, {size} models", commands, runs)
    shutil.rmtree(work)


main()

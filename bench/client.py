#!/usr/bin/env python3
"""Measures the EF Core client with tenants and soft delete beside plain EF Core doing the same, on a server of the bench's own.

    ./x bench client [--rounds N]
"""
import argparse
import os
import shutil
import subprocess
import tempfile

from measure import ROOT, Server


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=40)
    options = arguments.parse_args()
    work = tempfile.mkdtemp(prefix="ploy-bench-")
    server = Server(work)
    try:
        program = os.path.join(ROOT, "artifacts/bin/Ploy.Bench.Client/release/Ploy.Bench.Client")
        for prepared in (0, 20):
            print(f"\nMax Auto Prepare={prepared}\n", flush=True)
            server.fresh("bench")
            subprocess.run([program, f"Host=127.0.0.1;Port={server.port};Username=postgres;Database=bench", str(options.rounds), str(prepared)], check=True)
    finally:
        server.stop()
        shutil.rmtree(work)


main()

#!/usr/bin/env python3
"""Measures `ploy db pull` of a large database beside `psql` running the same catalog queries and `pg_dump --schema-only`.

The queries are those that the server wrote down during one pull, their number is shown; `psql` runs them in one session, one after the other.
    ./x aot && ./x bench pull [--runs N] [--tables 2000] [--ploy PATH]
"""
import argparse
import os
import re
import shutil
import subprocess
import tempfile

from measure import PLOY, ROOT, Server, Table, native, run

MARK = "~~ploy~~"


def queries(server, ploy, url, folder):
    """What the server is asked in one pull, as a script."""
    def setting(text):
        subprocess.run(["psql", "-qc", f"ALTER SYSTEM {text}", "-c", "SELECT pg_reload_conf()", f"{server.url}/postgres"], check=True, stdout=subprocess.DEVNULL)

    setting(f"SET log_line_prefix = '{MARK}'")
    setting("SET log_statement = 'all'")
    begin = os.path.getsize(server.log)
    run([ploy, "db", "pull", "--print", "--url", url], folder)
    with open(server.log, encoding="utf-8") as log:
        log.seek(begin)
        entries = log.read().split(MARK)
    setting("RESET log_statement")
    found = []
    for entry in entries:
        if text := re.match(r"LOG:  (?:execute [^:]*|statement): (.*)", entry, re.S):
            found.append(text[1].strip())
        elif parameters := re.match(r"DETAIL:  parameters: (.*)", entry, re.S):
            for name, value in re.findall(r"(\$\d+) = ('(?:[^']|'')*'|NULL)", parameters[1]):
                found[-1] = re.sub(re.escape(name) + r"\b", lambda _, v=value: f"{v}::text[]" if v.startswith("'{") else v, found[-1])
    return [text for text in found if "pg_reload_conf" not in text and "ALTER SYSTEM" not in text]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--ploy", default=PLOY)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--tables", default="2000", choices=["25", "100", "500", "2000", "5000"])
    options = arguments.parse_args()
    ploy = native(options.ploy)
    work = tempfile.mkdtemp(prefix="ploy-bench-")
    server = Server(work)
    try:
        subprocess.run([os.path.join(ROOT, "artifacts/bin/Ploy.Bench/release/Ploy.Bench"), "write", f"{work}/models"], check=True)
        folder = f"{work}/models/{options.tables}"
        url = server.fresh("bench")
        script = subprocess.run([ploy, "migrate", "diff", "--from-empty", "--to-schema", f"{folder}/before", "--script"], check=True, capture_output=True, text=True).stdout
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", url], input="SET synchronous_commit = off;\n" + script, text=True, check=True)
        subprocess.run(["psql", "-qXc", "VACUUM ANALYZE", url], check=True)
        # A folder of its own, whose schema says no more than which product: the pull writes the rest.
        os.makedirs(f"{work}/project")
        with open(f"{work}/project/schema.prisma", "w", encoding="utf-8") as file:
            file.write('datasource db {\n  provider = "postgresql"\n}\n')
        asked = queries(server, ploy, url, f"{work}/project")
        with open(f"{work}/project/queries.sql", "w", encoding="utf-8") as file:
            file.writelines(f"{text.rstrip(';')};\n" for text in asked)
        print(f"`db pull` of {options.tables} tables sends {len(asked)} statements, {sum(bool(re.match('(SELECT|WITH)', q, re.I)) for q in asked)} of them queries.\n")
        results = {"psql, the same statements": [], "pg_dump --schema-only": [], "ploy": []}
        for _ in range(options.runs):
            results["psql, the same statements"].append(run(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", "-f", "queries.sql", url], f"{work}/project"))
            results["pg_dump --schema-only"].append(run(["pg_dump", "--schema-only", url], f"{work}/project"))
            results["ploy"].append(run([ploy, "db", "pull", "--print", "--url", url], f"{work}/project"))
        Table("psql").show(f"pull of {options.tables}", results)
    finally:
        server.stop()
        os.chdir("/")
        shutil.rmtree(work)


main()

"""The search API under load, against the same searches in process, in one run:  python tests/benchmarks/serve.py [REQUESTS]

Eight clients, each a process with one kept connection, ask REQUESTS questions (10,000 by default) in ten rounds; after each
round eight threads ask a fifth as many in this process, so both meet the same machine. Needs notebooks 01 to 05 in
WORKSHOP_DATA. Exits with 1 where an answer is no 200, an answer differs from the notebook's, p99 is above three times that
of the same search in process, or a cold start takes longer than 1.5 seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

from helpers import connect
from helpers.api.package import build_package
from helpers.catalog import load_personas, query_subjects
from helpers.latency import quantile
from helpers.search import personalized_search
from helpers.search_api import call_search_api, delete_search_api, deploy_search_api, stack_name

CLIENTS, ROUNDS, MOST_TIMES, MOST_COLD_SECONDS, MOST_BYTES = 8, 10, 3.0, 1.5, 3_000_000


def questions() -> list[dict]:
    """What is asked, over and over: each subject for nobody and for each persona."""
    users = [None, *(persona.user_id for persona in load_personas())]
    return [{"query": subject} | ({"user": user} if user else {}) for subject in query_subjects() for user in users]


def client(url: str) -> None:
    """One client: for each number on its input that many questions are asked; [[status, seconds], …] is its answer."""
    aws, asked = connect(announce=False), questions()
    for line in sys.stdin:
        found = []
        for number in range(int(line)):
            start = time.perf_counter()
            answer = call_search_api(aws, url, "/search", asked[number % len(asked)])
            found.append([answer.status, time.perf_counter() - start])
        print(json.dumps(found), flush=True)


def serve(requests: int) -> int:
    """The exit status; prints what was measured."""
    aws = connect(announce=False)
    engine, asked = aws.search_engine(), questions()
    url = deploy_search_api(aws, Burst=1_000_000, RequestsPerSecond=1_000_000)

    def here(number: int) -> float:
        question = asked[number % len(asked)]
        start = time.perf_counter()
        personalized_search(engine, text=question["query"], user_id=question.get("user"))
        return time.perf_counter() - start

    differ = 0
    for question in asked:
        mine = personalized_search(engine, text=question["query"], user_id=question.get("user"))
        found = call_search_api(aws, url, "/search", question).body["results"]
        differ += [(r["image_id"], r["final_score"]) for r in found] != [(r.image_id, r.final_score) for r in mine]
    command = [sys.executable, __file__, "--client", url]
    clients = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(CLIENTS)]
    rounds(clients, 5 * CLIENTS)  # warm
    replies: list[list] = []
    in_process: list[float] = []
    seconds = 0.0
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(here, range(len(asked))))
        for _ in range(ROUNDS):
            start = time.perf_counter()
            replies += rounds(clients, requests // ROUNDS)
            seconds += time.perf_counter() - start
            in_process += pool.map(here, range(requests // ROUNDS // 5))
            print(f"{len(replies):,} requests, {len(replies) / seconds:.0f} a second", file=sys.stderr)
    alone = [here(number) for number in range(200)]
    for process in clients:
        process.communicate()
    cold = cold_starts(aws, url)
    delete_search_api(aws)
    statuses = [status for status, _ in replies]
    taken = [second for _, second in replies]
    package = build_package()
    measured = {
        "requests": len(replies), "errors": sum(status != 200 for status in statuses), "answers that differ": differ,
        "a second": round(len(replies) / seconds, 1), "ms": quantiles(taken), "in process, ms": quantiles(in_process),
        "in process alone, ms": quantiles(alone),
        "p99 / p99 in process": round(quantile(taken, 0.99) / quantile(in_process, 0.99), 2),
        "cold starts, s": [round(second, 2) for second in cold], "bytes": len(package),
    }  # fmt: skip
    print(json.dumps(measured, indent=1))
    good = not measured["errors"] and not differ and len(replies) >= requests // ROUNDS * ROUNDS
    good &= quantile(taken, 0.99) <= MOST_TIMES * quantile(in_process, 0.99) and median(cold) <= MOST_COLD_SECONDS
    return 0 if good and len(package) <= MOST_BYTES and package == build_package() else 1


def rounds(clients: list[subprocess.Popen], requests: int) -> list[list]:
    """What all clients found, each asking its share, all at once."""
    for process in clients:
        process.stdin.write(f"{-(-requests // len(clients))}\n")
        process.stdin.flush()
    return [reply for process in clients for reply in json.loads(process.stdout.readline())]


def cold_starts(aws, url: str) -> list[float]:
    """Seconds of the first answer of a new container, five times: each change of the stack makes the old ones useless."""
    found = []
    for number in range(5):
        deploy_search_api(aws, Burst=1_000_000, RequestsPerSecond=1_000_000, TrackingId=f"cold-{number}")
        start = time.perf_counter()
        assert call_search_api(aws, url, "/search", {"query": "cat", "user": "comic-art-user"}).status == 200, stack_name(aws)
        found.append(time.perf_counter() - start)
    return found


def quantiles(seconds: list[float]) -> dict[str, float]:
    return {f"p{int(100 * share)}": round(1000 * quantile(seconds, share), 1) for share in (0.5, 0.9, 0.99)}


if __name__ == "__main__":
    if "--client" in sys.argv:
        client(sys.argv[2])
        sys.exit(0)
    sys.exit(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))

"""Says whether PostgreSQL and Redis can be reached for `make test-services`, and how to start them if not."""

import sys

import psycopg
import redis

HOW_DATABASE = """Start one, for example:
  docker run --rm -p 127.0.0.1:5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:16
or where PostgreSQL is installed:  pg_ctlcluster 15 main start
or name another:  make test-services TEST_DATABASE_URL=postgres://user:password@host:5432/name"""
HOW_REDIS = """Start one, for example:
  redis-server --daemonize yes --save "" --appendonly no --bind 127.0.0.1
or name another:  make test-services TEST_REDIS_URL=redis://host:6379/15"""


def database_fault(url: str) -> str:
    """Why the server of the database does not answer; empty if it does. The test databases are made by the tests."""
    server, _, _ = url.rpartition("/")
    try:
        psycopg.connect(f"{server}/postgres", connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return f"PostgreSQL cannot be reached: {str(error).strip()}\n{HOW_DATABASE}"
    return ""


def redis_fault(url: str) -> str:
    """Why Redis does not answer; empty if it does."""
    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except redis.RedisError as error:
        return f"Redis cannot be reached: {error}\n{HOW_REDIS}"
    return ""


if __name__ == "__main__":
    faults = [fault for fault in (database_fault(sys.argv[1]), redis_fault(sys.argv[2])) if fault]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.exit(1 if faults else 0)

"""Several people at the same moment: threads that start together, each on its own connection."""

import threading

from django.db import connection


def together(*acts):
    """Call all `acts` at once; returns what each gave back or raised, in their order."""
    start = threading.Barrier(len(acts), timeout=30)
    answers = [None] * len(acts)

    def call(number, act):
        try:
            start.wait()
            answers[number] = act()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers

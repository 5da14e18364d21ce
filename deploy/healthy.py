"""Asks the web server of this container whether it is ready; the exit code is the answer.

python deploy/healthy.py http://127.0.0.1:8000/readyz
"""

import sys
import urllib.error
import urllib.request

if __name__ == "__main__":
    # As the proxy would ask, or the portal would send us to https.
    question = urllib.request.Request(sys.argv[1], headers={"X-Forwarded-Proto": "https"})
    try:
        urllib.request.urlopen(question, timeout=4).close()
    except (urllib.error.URLError, TimeoutError) as error:
        sys.exit(f"not ready: {error}")

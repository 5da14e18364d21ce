import time, pytest, cProfile, pstats
from tests import factories as f
pytestmark = pytest.mark.django_db
def test_perf(anonymous):
    for n in range(100):
        f.request_in(title=f"R{n}")
    for n in range(100): f.offer_in()
    for name in ("requests","offers","components"):
        anonymous.get(f"{name}/", {"page_size": 100})
        t=[]
        for _ in range(15):
            a=time.perf_counter(); r=anonymous.get(f"{name}/", {"page_size": 100}); t.append(time.perf_counter()-a)
        assert len(r.json()["results"])==100
        print(name, sorted(t)[7]*1000, "ms", len(r.content))
    p=cProfile.Profile(); p.enable()
    for _ in range(10): anonymous.get("requests/", {"page_size": 100})
    p.disable(); pstats.Stats(p).sort_stats("cumtime").print_stats(45)

def request_matches(request, **kw):
    raise NotImplementedError


def match_compare(request, **kw):
    raise NotImplementedError


def match_step(request, **kw):
    raise NotImplementedError

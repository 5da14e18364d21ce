def request_new(request, **kw):
    raise NotImplementedError


def request_edit(request, **kw):
    raise NotImplementedError

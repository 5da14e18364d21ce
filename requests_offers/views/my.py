def my(request, **kw):
    raise NotImplementedError
